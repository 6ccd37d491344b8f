"""What every reader does with its messages in the end: chain them, date them, and find words for a title."""

import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, overload

import msgspec

from contextfs.adapters.transcripts.model import TranscriptMessage
from contextfs.adapters.transcripts.voices import headline

MOST_IN_MEMORY = 4 << 20
"""Characters of text that a conversation keeps in memory; the rest of its messages are in a file until it is gone."""

_decoder = msgspec.json.Decoder(TranscriptMessage)


class Talk(Sequence[TranscriptMessage]):  # noqa: PLW1641 - it is no key
    """The messages of one conversation, in order, and what a title and dates are made of.

    A long one lies in a temporary file that has no name, so that memory does not grow with it. It is read from its
    beginning to its end, by one reader at a time.
    """

    def __init__(self) -> None:
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.models: dict[str, None] = {}
        self.opening: str | None = None
        self._kept: list[TranscriptMessage] = []
        self._weight = 0
        self._file: IO[bytes] | None = None
        self._starts = array("Q")
        self._end = 0

    def add(self, message: TranscriptMessage) -> None:
        """Put a message at the end."""
        self._note(message)
        if self._file is None:
            self._kept.append(message)
            self._weight += len(message.content)
            if self._weight > MOST_IN_MEMORY:
                self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the conversation
                weakref.finalize(self, self._file.close)
                for kept in self._kept:
                    self._put(self._file, kept)
                self._kept = []
        else:
            self._put(self._file, message)

    def _note(self, message: TranscriptMessage) -> None:
        at = message.created_at
        if at is not None:
            self.started_at = min(self.started_at or at, at)
            self.ended_at = max(self.ended_at or at, at)
        if message.model:
            self.models.pop(message.model, None)
            self.models[message.model] = None
        if self.opening is None and message.kind == "prompt":
            self.opening = headline(message.content)

    def _put(self, file: IO[bytes], message: TranscriptMessage) -> None:
        data = msgspec.json.encode(message)
        self._starts.append(self._end)
        self._end += file.write(data)

    def _read(self, place: int) -> TranscriptMessage:
        if self._file is None:
            return self._kept[place]
        start = self._starts[place]
        end = self._starts[place + 1] if place + 1 < len(self._starts) else self._end
        self._file.seek(start)
        return _decoder.decode(self._file.read(end - start))

    def __len__(self) -> int:
        return len(self._kept) if self._file is None else len(self._starts)

    def __iter__(self) -> Iterator[TranscriptMessage]:
        return iter(self._kept) if self._file is None else map(self._read, range(len(self)))

    @overload
    def __getitem__(self, place: int) -> TranscriptMessage: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TranscriptMessage]: ...
    def __getitem__(self, place: int | slice) -> TranscriptMessage | Sequence[TranscriptMessage]:
        if isinstance(place, slice):
            return tuple(self._read(n) for n in range(*place.indices(len(self))))
        return self._read(range(len(self))[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Talk) and len(self) == len(other) and all(map(_same, self, other))


def chained(messages: Iterable[TranscriptMessage]) -> Talk:
    """Make each message point to the one before it."""
    chain = Talk()
    before: str | None = None
    for message in messages:
        chain.add(msgspec.structs.replace(message, parent_id=before))
        before = message.external_id
    return chain


def dates(messages: Talk) -> tuple[datetime | None, datetime | None]:
    """Give the earliest and the latest time that a message carries."""
    return messages.started_at, messages.ended_at


def models(messages: Talk) -> list[str]:
    """Give the models that replied, each once, in order of their last reply."""
    return list(messages.models)


def opening(messages: Talk) -> str | None:
    """Give the first line of the first prompt that says something."""
    return messages.opening


def _same(one: TranscriptMessage, other: TranscriptMessage) -> bool:
    return one == other
