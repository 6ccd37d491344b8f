"""Ingest: conversations come in from programs elsewhere, each in its own form, and are kept as sessions."""
