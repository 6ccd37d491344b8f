"""Doors of context packs."""
