"""Sources: programs elsewhere that send conversations by webhook, each with a secret that signs what it sends."""
