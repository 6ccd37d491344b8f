"""Capture: conversations come in, are cleaned of secrets, and are stored before anything else happens."""
