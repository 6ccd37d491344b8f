"""Doors of allow-lists: from where an organization may be called."""
