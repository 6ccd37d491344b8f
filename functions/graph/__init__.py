"""Doors of the graph."""
