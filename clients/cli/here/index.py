"""The search index of the store of this folder, opened for a command: it looks at the files only where they moved."""

import os
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from clients.cli.shown import output
from contextfs.local.base.connection import FILE, Base, explained
from contextfs.local.base.watch import WrittenMeanwhile
from contextfs.local.folder import settled
from contextfs.local.place import Place
from contextfs.local.search import spoken
from contextfs.local.search.index import LocalIndex

if TYPE_CHECKING:
    from contextfs.kit.ports import Embedder
    from contextfs.local.config import Config


T = TypeVar("T")


def answered(place: Place, ask: Callable[[LocalIndex], T]) -> T:
    """Ask the index; where a glance at thousands of files is under way it is waited for last.

    Where that finds that something moved, it is taken in and said, and the index is asked again. Which state is in step
    is read before the question: what another process takes in meanwhile is no part of the answer. A store that can only
    be read, and is written elsewhere meanwhile, is asked once more.
    """
    try:
        return _answered(place, ask)
    except WrittenMeanwhile:
        return _answered(place, ask)


def _answered(place: Place, ask: Callable[[LocalIndex], T]) -> T:
    is_first = not settled.is_under_way(place)
    with opened(place, look=is_first, reads=True, later=lambda: _later(place)) as index:
        if is_first:
            return ask(index)
        known = settled.known(index.base, place)
        answer, state = ask(index), settled.glanced(place)
        if state is not None and state == known:
            return answer
        _take_in(index.base, place, state)
        return ask(index)


@contextmanager
def opened(
    place: Place, *, look: bool = True, reads: bool = False, later: Callable[[], bool] = lambda: False
) -> Generator[LocalIndex]:
    """Open the index; with `look`, what people and git did to the files of memories is taken in before, and said.

    Who only `reads` is given one that cannot be written as well, and told what is not seen in it.
    """
    progress = output.Progress()
    settings = cache(lambda: _settings(place))
    try:
        base = Base.open(place.local, reads=reads)
        try:
            with base.read():
                if look:
                    _look(base, place)
                yield LocalIndex(
                    base,
                    place.local,
                    project=lambda: settings().project,
                    embedder=_embedder(settings),
                    me=lambda: _me(place),
                    now=now,
                    entropy=os.urandom,
                    sharing=lambda: settings().share,
                    languages=cache(lambda: spoken.languages(base, place, lambda: settings().search.spoken)),
                    taken_out=lambda: settings().redact.wanted,
                    later=later,
                    progress=progress.show,
                )
        finally:
            progress.clear()
            base.close()
    except sqlite3.Error as error:
        raise explained(error, place.local / FILE) from None


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def _look(base: Base, place: Place) -> None:
    """Bring files and database together, unless a glance shows that nothing moved."""
    state = settled.glanced(place)
    if not settled.is_settled(base, place, state):
        _take_in(base, place, state)


def _take_in(base: Base, place: Place, state: str | None) -> None:
    """Take in what moved, say so, and keep the state that is in step then."""
    from clients.cli.here.store import actor, take_in  # noqa: PLC0415 - as above
    from contextfs.local.store import LocalStore  # noqa: PLC0415 - heavy, and seldom due

    take_in(LocalStore(place, base, now=now, entropy=os.urandom, actor=lambda: actor(place.root)), state)


def _later(place: Place) -> bool:
    from clients.cli.here.background import make_vectors  # noqa: PLC0415 - seldom due

    return make_vectors(place)


def _me(place: Place) -> str:
    from clients.cli.here.store import actor  # noqa: PLC0415 - seldom asked for

    return actor(place.root)


def _embedder(settings: "Callable[[], Config]") -> "Callable[[], Embedder | None]":
    """Give a function that loads the model once: Unavailable says why there is none, None that it is switched off."""

    @cache
    def load() -> "Embedder | None":
        from contextfs.local.search import embedder  # noqa: PLC0415 - words need no model

        if settings().search.embedder == "none":
            return None
        return embedder.local(embedder.file(os.environ))

    return load


def _settings(place: Place) -> "Config":
    from contextfs.local import config  # noqa: PLC0415 - a search of words that are taken in needs no settings

    return config.read(place.config)
