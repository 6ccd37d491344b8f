"""Exports: all that somebody may see, as a file."""
