"""What stands behind the ports on Google Cloud."""
