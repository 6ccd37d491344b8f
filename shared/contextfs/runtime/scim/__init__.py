"""Directories call here."""
