"""What an import takes in: which files, what became of each, and how that is told."""
