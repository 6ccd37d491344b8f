"""Exports: what they are, and the questions about them."""
