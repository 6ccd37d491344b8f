"""Doors of where the audit log is streamed to."""
