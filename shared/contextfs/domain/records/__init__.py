"""What tools wrote of sessions, kept beside them: raw, but for secrets."""
