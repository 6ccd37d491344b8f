"""Doors of the review queue."""
