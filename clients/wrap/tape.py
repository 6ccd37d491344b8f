"""What passed between a person and a program, in order, as bytes and in memory alone."""

import time
from collections import deque
from collections.abc import Iterator
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
    """Takes events as they come. It never raises, and its size is bounded whatever passes."""

    def __init__(self, size: tuple[int, int] = (24, 80)) -> None:
        self.size = size
        self.left_out = 0
        self._head: list[Event] = []
        self._tail: deque[Event] = deque()
        self._bytes = [0, 0]

    def add(self, kind: Kind, data: bytes) -> None:
        """Take an event."""
        event = Event(kind, data[:MOST_BYTES], time.monotonic())
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

    def events(self) -> Iterator[Event]:
        """Give what is kept, in order."""
        yield from self._head
        yield from self._tail

    def output(self) -> bytes:
        """Give what the program wrote."""
        return b"".join(event.data for event in self.events() if event.kind == "output")
