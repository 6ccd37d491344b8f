"""Doors for what programs elsewhere send in a form of their own."""
