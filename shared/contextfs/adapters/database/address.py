"""Where a database is, and as whom one logs in: a text, or what gives it anew to each connection."""

from collections.abc import Callable

Address = str | Callable[[], str]
"""A URL or connection string of Postgres; one that is asked for may hold another password each time."""


def now(address: Address) -> str:
    """Give the address as it is now."""
    return address if isinstance(address, str) else address()
