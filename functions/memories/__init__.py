"""Doors of memories."""
