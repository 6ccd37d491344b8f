"""What passed between a person and a program, in order, as bytes and in memory alone."""

import time
from collections import deque
from collections.abc import Iterator
from heapq import merge
from itertools import chain
from operator import attrgetter
from typing import Final, Literal, NamedTuple

Kind = Literal["output", "typed", "hidden", "size"]

MOST_BYTES: Final = 1 << 20
"""Bytes that are kept of the beginning, and of the end: beginnings say what it is, ends how it came out."""


class Event(NamedTuple):
    """Something that passed. `typed` was echoed by the terminal, or `hidden` from it: then a program may show it."""

    kind: Kind
    data: bytes
    at: float


class Tape:
    """Takes events as they come. It never raises, and its size is bounded whatever passes.

    What the program wrote and what it was given are bounded each for itself: neither takes the other's room.
    """

    def __init__(self, size: tuple[int, int] = (24, 80)) -> None:
        self.size = size
        self._written = _Ends()
        self._given = _Ends()

    def add(self, kind: Kind, data: bytes) -> None:
        """Take an event."""
        ends = self._written if kind == "output" else self._given
        ends.add(Event(kind, data[:MOST_BYTES], time.monotonic()))

    @property
    def left_out(self) -> int:
        """How many bytes are not kept of what the program wrote."""
        return self._written.left_out

    def events(self) -> Iterator[Event]:
        """Give what is kept, in order."""
        return merge(self._written, self._given, key=attrgetter("at"))

    def output(self) -> bytes:
        """Give what the program wrote."""
        return b"".join(event.data for event in self._written)


class _Ends:
    """The beginning and the end of what passed one way."""

    def __init__(self) -> None:
        self.left_out = 0
        self._head: list[Event] = []
        self._tail: deque[Event] = deque()
        self._bytes = [0, 0]

    def __iter__(self) -> Iterator[Event]:
        return chain(self._head, self._tail)

    def add(self, event: Event) -> None:
        if not self._tail and self._bytes[0] + len(event.data) <= MOST_BYTES:
            self._head.append(event)
            self._bytes[0] += len(event.data)
            return
        self._tail.append(event)
        self._bytes[1] += len(event.data)
        while self._bytes[1] > MOST_BYTES:
            gone = len(self._tail.popleft().data)
            self._bytes[1] -= gone
            self.left_out += gone
