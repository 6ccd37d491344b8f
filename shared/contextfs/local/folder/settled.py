"""The state in which a look found all files in step: as long as a glance finds it unchanged, no look is due."""

from contextfs.kit.sql import load
from contextfs.local.base.connection import Base
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.folder import ahead, glance
from contextfs.local.place import Place

_SQL = load("contextfs.local.base", "sqlite.sql")


def glanced(place: Place) -> str | None:
    """Name the state of all files, and of what git has checked out; None while something moves."""
    return ahead.seen(*_files(place))


def is_under_way(place: Place) -> bool:
    """Tell whether another process is at that glance."""
    return ahead.is_begun(*_files(place))


def known(base: Base, place: Place) -> str | None:
    """Give the state that is in step; None where there is none, or a command was interrupted since."""
    state = mark(base, _name(place))
    return None if state is None or base.all(_SQL["intents"], {"tree": place.tree}) else state


def is_settled(base: Base, place: Place, state: str | None) -> bool:
    """Tell whether a state is the one that was in step, and no command was interrupted since."""
    return state is not None and known(base, place) == state


def settle(base: Base, place: Place, state: str | None) -> None:
    """Keep a state that a look, taken after the glance, found in step or brought there."""
    if state is not None:
        set_mark(base, _name(place), state)


def _name(place: Place) -> str:
    return f"glance {place.tree}"


def _files(place: Place) -> tuple[tuple[str, str], list[str]]:
    return (str(place.memories), str(place.private)), glance.git_files(str(place.root))
