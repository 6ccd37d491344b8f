"""React: what happened is carried to those who act on it, at least once, and acted on once."""
