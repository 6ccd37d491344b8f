"""How well search finds in one's own store: questions are made of what is there, and asked."""
