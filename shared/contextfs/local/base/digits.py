"""Finds what somebody names by some digits of its id: its first, or its last."""

from typing import Any, Final
from uuid import UUID

from contextfs.kit.errors import Invalid, NotFound
from contextfs.kit.pattern import pattern
from contextfs.local.base.connection import Base

_LEAST: Final = 6
_MOST_NAMED: Final = 3
_DIGITS = pattern("[0-9a-f]+")


def found(base: Base, queries: Any, text: str, kind: str) -> UUID:
    """Give the id that starts or ends with some digits, by the query `starting`, among things of a kind.

    NotFound when none does, Invalid when several do, which are named.
    """
    digits = text.replace("-", "").lower()
    if len(digits) < _LEAST or not _DIGITS.fullmatch(digits):
        raise Invalid(f"{text!r} is not an id: give at least {_LEAST} of its first or last digits.")
    asked = {"starts": f"{digits}%", "ends": f"%{digits}", "limit": _MOST_NAMED + 1}
    rows = base.all(queries["starting"], asked)
    if not rows:
        raise NotFound(f"There is no {kind} here whose id starts or ends with {text}.")
    if len(rows) > 1:
        named = ", ".join(row["id"] for row in rows[:_MOST_NAMED])
        more = " and more" if len(rows) > _MOST_NAMED else ""
        raise Invalid(f"Several ids start or end with {text}: {named}{more}. Give more digits of one of them.")
    return UUID(rows[0]["id"])
