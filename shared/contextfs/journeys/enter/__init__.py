"""Enter: organizations come into being, and keys open them."""
