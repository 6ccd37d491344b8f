"""Memories: what was learned, kept as a growing set of revisions from which the current view is computed."""
