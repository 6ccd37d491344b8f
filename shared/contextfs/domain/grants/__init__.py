"""Grants: a person lets a program act for them."""
