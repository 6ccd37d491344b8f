"""The graph: it follows what is remembered, is walked by a search, and is shown."""
