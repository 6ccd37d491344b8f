"""Doors of access tokens."""
