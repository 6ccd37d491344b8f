"""The networks that an organization may be called from."""
