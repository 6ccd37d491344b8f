"""The graph: what memories speak of, and how these things hang together."""
