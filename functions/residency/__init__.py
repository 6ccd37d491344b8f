"""Doors of residency: in which region an organization lives."""
