"""The cloud, drawn by Pulumi: the manifest and one config become a plan; `gcp` and `aws` draw it."""
