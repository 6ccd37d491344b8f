"""The copy of one exchange while it passes: bounded, and never in the way."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from contextfs.recording import headers as of_headers
from contextfs.recording.events import MOST_BYTES
from contextfs.recording.model import Exchange

_SUCCESS: Final = range(200, 300)


class Room:
    """Bytes that copies may hold together. It belongs to one event loop."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, size: int) -> bool:
        """Take some, if there are as many."""
        if size > self._left:
            return False
        self._left -= size
        return True

    def give(self, size: int) -> None:
        """Give some back."""
        self._left += size


class Copy:
    """Collects what passes. What is larger than is read, or finds no `room`, is let go of, and `lost` says why."""

    def __init__(
        self,
        path: str,
        headers: Mapping[str, str],
        *,
        tool: str | None,
        now: Callable[[], datetime],
        most: int = MOST_BYTES,
        room: Room | None = None,
    ) -> None:
        self._path = path
        self._headers = headers
        self._tool = tool or of_headers.tool(headers)
        self._now = now
        self._began = self._ended = now()
        self._request: list[bytes] = []
        self._reply: list[bytes] = []
        self._size = self._taken = 0
        self._most = most
        self._room = room
        self._answer: Mapping[str, str] | None = None
        self.lost: str | None = None

    def asked(self, part: bytes) -> None:
        """Take a part of the request."""
        self._add(self._request, part)

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the head of the reply; where it refuses, nothing was said."""
        if status in _SUCCESS:
            self._answer = headers

    def arrived(self) -> None:
        """Note that a part of the reply is there: before it is passed on, so that nothing it leads to seems earlier."""
        self._ended = self._now()

    def replied(self, part: bytes) -> None:
        """Take a part of the reply."""
        if self._answer is not None:
            self._add(self._reply, part)

    def exchange(self) -> Exchange | None:
        """Give what passed; None where nobody was answered, or it was too large."""
        answer = self._answer
        if answer is None or self.lost:
            return None
        return Exchange(
            path=self._path,
            request=b"".join(self._request),
            request_encoding=self._headers.get("content-encoding", ""),
            reply=b"".join(self._reply),
            reply_type=answer.get("content-type", ""),
            reply_encoding=answer.get("content-encoding", ""),
            tool=self._tool,
            session=of_headers.session(self._headers),
            scope=of_headers.scope(self._headers),
            began=self._began,
            ended=self._ended,
        )

    def let_go(self) -> None:
        """Hold nothing any more."""
        self._request.clear()
        self._reply.clear()
        if self._room is not None:
            self._room.give(self._taken)
        self._taken = 0

    def _add(self, into: list[bytes], part: bytes) -> None:
        if self.lost:
            return
        self._size += len(part)
        if self._size > self._most:
            self._lose("too large")
        elif self._room is not None and not self._room.take(len(part)):
            self._lose("too much passes at once")
        elif part:
            self._taken += len(part)
            into.append(part)

    def _lose(self, why: str) -> None:
        self.lost = why
        self.let_go()
