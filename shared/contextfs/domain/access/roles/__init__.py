"""Custom roles: names of an organization's own for sets of permissions."""
