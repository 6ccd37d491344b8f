"""Remember: memories are added, changed, forgotten and told as they were."""
