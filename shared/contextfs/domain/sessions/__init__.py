"""Sessions: one conversation with an AI tool, and its messages."""
