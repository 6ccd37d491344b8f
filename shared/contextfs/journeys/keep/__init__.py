"""Keep: what is kept for a time only, and goes."""
