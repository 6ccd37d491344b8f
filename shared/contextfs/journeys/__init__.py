"""Journeys: several rooms, one purpose."""
