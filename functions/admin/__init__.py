"""Doors of administration."""
