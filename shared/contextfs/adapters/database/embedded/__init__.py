"""Embedded Postgres: a server of its own for each data folder, from the programs of an installed Python package."""

from contextfs.adapters.database.embedded.server import Running, complaint, find, said, start, stop

__all__ = ["Running", "complaint", "find", "said", "start", "stop"]
