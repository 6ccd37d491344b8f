"""Devices: programs that ask to be let in, and show a code for it."""
