"""What was handed to conversations from a local store: each pack with its choices, and which memory on which days."""
