"""Recording: what passes between a program and a model, carried on as it comes and read into what was said."""
