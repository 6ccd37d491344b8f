"""Who of a process waits for what takes long: few at once, and fewer of them for one organization.

Whoever waits holds a thread of the process. One identity provider that is slow, or means to be, would take them all,
and with them everybody's calls. So who finds no place is told to come again: at once, or after a moment.
"""

import threading
from collections import Counter
from collections.abc import Generator, Hashable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from contextfs.kit.errors import TooManyRequests

AGAIN: Final = 5
"""Seconds after which to come again: somebody who answers at all has answered by then."""


class Places:
    """`most` places to wait in, of which one organization, or one host, takes `each` at the most; safe between threads.

    As many again may stand in line, for `patience` seconds: who signs in with many others is not turned away for that.
    `whom` says for whom is waited here.
    """

    def __init__(self, whom: str, *, most: int, each: int, patience: float = 0.0) -> None:
        self._whom, self._most, self._each, self._patience = whom, most, each, patience
        self._changed = threading.Condition()
        self._taken: Counter[Hashable] = Counter()
        self._standing: Counter[Hashable] = Counter()

    @contextmanager
    def taken(self, by: Hashable) -> Generator[None]:
        """Take a place for as long as somebody is asked; TooManyRequests when there is none."""
        with self._changed:
            if not self._has_room(self._taken, by) and not self._came_up(by):
                told = f"Too many calls wait for {self._whom} already: try again in {AGAIN} seconds."
                raise TooManyRequests(told, retry_after=AGAIN)
            self._taken[by] += 1
        try:
            yield
        finally:
            with self._changed:
                _less(self._taken, by)
                self._changed.notify_all()

    def _came_up(self, by: Hashable) -> bool:
        """Stand in line, if there is room in it; tells whether a place became free in time."""
        if not self._patience or not self._has_room(self._standing, by):
            return False
        self._standing[by] += 1
        try:
            return self._changed.wait_for(lambda: self._has_room(self._taken, by), self._patience)
        finally:
            _less(self._standing, by)

    def _has_room(self, many: Counter[Hashable], by: Hashable) -> bool:
        return many[by] < self._each and many.total() < self._most


def _less(many: Counter[Hashable], by: Hashable) -> None:
    """Count one less, and keep nobody in mind who is not there."""
    many[by] -= 1
    if not many[by]:
        del many[by]


@dataclass(frozen=True)
class Waiting:
    """All the places of a process. A server has 40 threads for calls, so that many are always left for the others."""

    signing_in: Places = field(default_factory=lambda: Places("an identity provider", most=8, each=4, patience=1.0))
    """For browsers on their way in or out."""
    setting_up: Places = field(default_factory=lambda: Places("what was set up to be asked", most=4, each=2))
    """For who sets up or tries a provider, a domain, a destination: it can be switched off while sign-ins wait."""
    rereading: Places = field(default_factory=lambda: Places("a reranker", most=12, each=6, patience=1.0))
    """For searches whose best a model reads again: who finds no place has the first order."""
    querying: Places = field(default_factory=lambda: Places("their own queries", most=4, each=2))
    """For direct SQL, which runs for seconds: nobody's queries keep everybody else's out. Who asks has a connection by
    then, in a transaction that their claims are signed in, so that nobody stands in line."""
    programs: Places = field(default_factory=lambda: Places("what a program publishes of itself", most=4, each=2))
    """For metadata of programs, which anybody may name."""
