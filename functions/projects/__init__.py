"""Doors of projects."""
