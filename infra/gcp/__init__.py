"""The plan on Google Cloud. Each file here has a twin of the same name in `infra/aws`."""
