"""What may be wrong with a local store, each with its cure."""
