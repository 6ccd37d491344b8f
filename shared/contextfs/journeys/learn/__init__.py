"""Learn: from what was said and done in a session to memories, by rules alone."""
