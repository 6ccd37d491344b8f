"""Adapters: the ports of `kit/ports.py`, made real. They do not decide anything: they connect."""
