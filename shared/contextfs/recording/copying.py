"""The copy of one exchange while it passes: bounded, and never in the way."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from contextfs.recording import headers as of_headers
from contextfs.recording.events import MOST_BYTES
from contextfs.recording.model import Exchange

_SUCCESS: Final = range(200, 300)


class Copy:
    """Collects what passes. What is larger than we read is let go of, and counted as `too_large`."""

    def __init__(self, path: str, headers: Mapping[str, str], *, tool: str | None, now: Callable[[], datetime]) -> None:
        self._path = path
        self._headers = headers
        self._tool = tool or of_headers.tool(headers)
        self._now = now
        self._began = self._ended = now()
        self._request: list[bytes] = []
        self._reply: list[bytes] = []
        self._size = 0
        self._answer: Mapping[str, str] | None = None
        self.too_large = False

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
        if answer is None or self.too_large:
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

    def _add(self, into: list[bytes], part: bytes) -> None:
        self._size += len(part)
        if self._size > MOST_BYTES:
            self.too_large = True
            self._request.clear()
            self._reply.clear()
        elif part:
            into.append(part)
