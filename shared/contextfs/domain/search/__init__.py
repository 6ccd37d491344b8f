"""Search: words, passages, ranking and what they are asked through."""
