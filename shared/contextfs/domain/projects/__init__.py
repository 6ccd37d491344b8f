"""Projects: the boundary of a context."""
