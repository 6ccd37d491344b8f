"""Doors of events: each takes one event, once."""
