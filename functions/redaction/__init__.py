"""Doors of redaction: what an organization takes out of all that it stores, by rules of its own."""
