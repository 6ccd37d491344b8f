"""Looks back over what a store holds for secrets that today's rules know and those of the time did not."""
