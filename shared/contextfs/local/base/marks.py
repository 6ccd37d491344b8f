"""Small things that the local database remembers by name."""

from contextfs.kit.sql import load
from contextfs.local.base.connection import Base

_SQL = load("contextfs.local.base", "sqlite.sql")


def mark(base: Base, name: str) -> str | None:
    """Read a remembered value."""
    row = base.one(_SQL["mark"], {"name": name})
    return None if row is None else row["value"]


def set_mark(base: Base, name: str, value: str) -> None:
    """Remember a value."""
    base.run(_SQL["set_mark"], {"name": name, "value": value})
