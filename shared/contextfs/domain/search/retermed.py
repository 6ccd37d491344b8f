"""Passages that were made for other languages than are set now, and their terms made anew."""

from collections.abc import Callable, Sequence
from uuid import UUID

from contextfs.kit.languages import Languages
from contextfs.kit.ports import Parameters, Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.search", "retermed.sql")


def told(languages: Languages) -> str:
    """Write languages as a passage keeps them."""
    return ",".join(languages)


def is_any(tx: Transaction, languages: Languages) -> Callable[[], bool]:
    """Tell whether the organization has passages that were made for other languages, while something else is done."""
    found = tx.ask(_SQL["is_any"], {"languages": told(languages)})
    return lambda: (found() or {"is_any": False})["is_any"]


def count(tx: Transaction, languages: Languages) -> int:
    """Count these, other people's private ones too."""
    return (tx.one(_SQL["count"], {"languages": told(languages)}) or {"passages": 0})["passages"]


def take(tx: Transaction, languages: Languages, *, most: int) -> list[Row]:
    """Give some of these that the reader may see, held until this transaction ends."""
    return tx.all(_SQL["take"], {"languages": told(languages), "most": most})


def keep(tx: Transaction, passages: Sequence[Parameters]) -> None:
    """Give passages their terms."""
    tx.many(_SQL["keep"], passages)


def next_reader(tx: Transaction, languages: Languages, after: UUID | None) -> UUID | None:
    """Give one whose private passages are among them, in the order of their ids."""
    return (tx.one(_SQL["next_reader"], {"languages": told(languages), "after": after}) or {"reader": None})["reader"]
