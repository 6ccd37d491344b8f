"""SCIM 2.0 over the directory's tables. Loaded only where a directory calls."""
