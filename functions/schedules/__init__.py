"""Doors of the clock."""
