"""Recording: what passes between a program and a model becomes sessions, without being in the way."""
