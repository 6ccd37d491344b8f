"""`ctx wrap`: a program runs as it always does, and what was said with it is kept afterwards."""
