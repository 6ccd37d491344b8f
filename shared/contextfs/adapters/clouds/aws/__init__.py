"""What stands behind the ports on AWS."""
