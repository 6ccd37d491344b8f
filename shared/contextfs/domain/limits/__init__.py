"""How much somebody may do in a time: buckets of units, and what is taken of them."""
