"""Doors of sources: programs elsewhere that send conversations by webhook."""
