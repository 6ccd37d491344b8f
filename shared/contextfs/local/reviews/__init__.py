"""The review queue of a local store: what consolidation does unasked, what it asks, and what a person decides."""
