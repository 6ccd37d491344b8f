"""Doors of custom roles."""
