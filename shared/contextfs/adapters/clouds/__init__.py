"""The clouds' twins of the ports: the same file names for each."""
