"""Recording: what passes between a program and a model becomes sessions, without delaying the program."""
