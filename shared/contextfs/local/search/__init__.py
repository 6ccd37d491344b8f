"""Search in the local store: passages of memories and messages, by their words and by their meaning."""
