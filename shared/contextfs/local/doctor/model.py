"""One thing that was looked at."""

from collections.abc import Sequence
from typing import Literal

import msgspec

State = Literal["ok", "warn", "fail"]
_SHOWN = 3


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, how it is, and what to do about it; the cure is empty when all is well."""

    name: str
    state: State
    detail: str
    cure: str = ""


def some(names: Sequence[str]) -> str:
    """Name a few of many."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def count(number: int, noun: str, nouns: str | None = None) -> str:
    """Say how many there are."""
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"
