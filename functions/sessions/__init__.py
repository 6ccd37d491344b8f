"""Doors of sessions."""
