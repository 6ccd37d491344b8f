"""The languages that the settings name, kept as long as a glance finds their file unchanged: few searches read it."""

from collections.abc import Callable

from contextfs.kit.languages import ENGLISH, Languages
from contextfs.local.base.connection import Base
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.folder import glance
from contextfs.local.place import Place


def languages(base: Base, place: Place, read: Callable[[], Languages]) -> Languages:
    """Give the languages of a store's settings; `read` reads these."""
    name, state = f"languages {place.tree}", glance.seen((), [str(place.config)])
    then, _, codes = (mark(base, name) or "").partition(" ")
    if state is not None and state == then:
        return tuple(codes.split(",")) if codes else ENGLISH
    found = read()
    if state is not None and not base.is_read_only:
        set_mark(base, name, f"{state} {','.join(found)}")
    return found
