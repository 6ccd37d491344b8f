"""Invitations: each makes one person a member, once, within its time."""
