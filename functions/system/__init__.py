"""Doors of the system itself."""
