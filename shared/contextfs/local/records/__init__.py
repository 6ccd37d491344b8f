"""What tools wrote, kept as they wrote it but for secrets: read again when a reader improves, or the file is gone."""
