"""What says the same: how alike two texts are, and which of two hits gives way."""
