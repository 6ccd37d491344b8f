"""Reviews: what consolidation is not sure of, and waits for a person."""
