"""Doors of invitations."""
