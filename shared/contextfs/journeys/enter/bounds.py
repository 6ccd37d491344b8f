"""Bounds: nobody hands out what they lack."""

from collections.abc import Iterable

from contextfs.domain.access.rules import covers
from contextfs.kit.errors import NotAllowed
from contextfs.kit.principal import Principal


def require_cover(principal: Principal, wanted: Iterable[str], why: str) -> None:
    """Stop who lacks one of these permissions, and name it; `why` says what it is needed for."""
    missing = covers(principal.permissions, wanted)
    if missing is not None:
        raise NotAllowed(f"This needs the permission {missing}: {why}.")
