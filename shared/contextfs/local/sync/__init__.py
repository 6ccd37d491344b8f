"""Sync: what this store has goes to the server, and what changed there comes here."""
