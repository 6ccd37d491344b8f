"""Sync: machines give what they have, and learn what changed."""
