"""Doors of API keys."""
