"""The plan on AWS. Each file here has a twin of the same name in `infra/gcp`."""
