"""Doors of members and service accounts."""
