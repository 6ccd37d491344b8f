"""The import itself: files are read, and their conversations are sent; one that fails does not stop the rest."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from clients.cli.mapping import Normalised, normalised
from contextfs.adapters.transcripts import read_path
from contextfs.client import Captured, ContextFS
from contextfs.kit.errors import ContextFSError, NotAllowed, NotAuthenticated, Unavailable
from contextfs.kit.fields import Wait

_THREADS = 3
_AHEAD = 6
_FATAL = (NotAllowed, NotAuthenticated, Unavailable)
_NOTHING = "no conversation in it"


@dataclass
class Tally:
    """What an import did so far."""

    files: int = 0
    new: int = 0
    grown: int = 0
    unchanged: int = 0
    stored: int = 0
    duplicates: int = 0
    redacted: int = 0
    skipped_files: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    skipped_records: Counter[str] = field(default_factory=Counter[str])
    failed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def sessions(self) -> int:
        """How many conversations were sent."""
        return self.new + self.grown + self.unchanged

    def add(self, captured: Captured) -> None:
        """Count a conversation that was sent."""
        self.new += captured.created
        self.grown += captured.grown
        self.unchanged += not captured.created and not captured.grown
        self.stored += captured.added
        self.duplicates += captured.present
        self.redacted += captured.receipt.redacted if captured.created or captured.added else 0

    def shown(self) -> dict[str, Any]:
        """Give the figures for a program."""
        return {
            "sessions": {"new": self.new, "grown": self.grown, "unchanged": self.unchanged},
            "messages": {"stored": self.stored, "duplicates": self.duplicates},
            "redacted": self.redacted,
        } | self.left_out()

    def left_out(self) -> dict[str, Any]:
        """Give what was read, and what of it was left out and why."""
        return {
            "files": self.files,
            "skipped_files": [{"file": file, "reason": reason} for file, reason in self.skipped_files],
            "skipped_records": dict(sorted(self.skipped_records.items())),
            "failed": [{"file": file, "error": error} for file, error in self.failed],
        }


def conversations(
    tool: str, files: Iterable[Path], tally: Tally, tags: Sequence[str] = ()
) -> Iterator[tuple[Path, Normalised]]:
    """Read files one after the other; what cannot be read is counted, with the reason."""
    for file in files:
        tally.files += 1
        for _, read in read_path(tool, file):
            if isinstance(read, ContextFSError):
                tally.failed.append((str(file), read.detail))
                continue
            if not read:
                tally.skipped_files.append((str(file), _NOTHING))
            for transcript in read:
                one = normalised(transcript, tags=tags)
                tally.skipped_records.update(one.skipped)
                yield file, one


class Sender:
    """Sends conversations, a few at once; two parts of one conversation never at once. It does not read files."""

    def __init__(self, client: ContextFS, project_id: UUID, tally: Tally, *, wait_for: Wait = None) -> None:
        self._client = client
        self._project_id = project_id
        self._tally = tally
        self._wait_for: Wait = wait_for
        self._guard = threading.Lock()
        self._busy: dict[str, threading.Lock] = {}

    def send_all(self, pairs: Iterable[tuple[Path, Normalised]]) -> Iterator[Tally]:
        """Send everything; gives the figures after each conversation. Reading stays only a little ahead."""
        with ThreadPoolExecutor(_THREADS) as pool:
            waiting: set[Future[None]] = set()
            for file, one in pairs:
                waiting.add(pool.submit(self._send, file, one))
                if len(waiting) >= _AHEAD:
                    waiting = self._settle(waiting)
                    yield self._tally
            while waiting:
                waiting = self._settle(waiting)
                yield self._tally

    def _settle(self, waiting: set[Future[None]]) -> set[Future[None]]:
        done, rest = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
        return rest

    def _send(self, file: Path, one: Normalised) -> None:
        with self._guard:
            lock = self._busy.setdefault(one.external_id, threading.Lock())
        try:
            with lock:
                captured = self._client.sessions.capture(
                    one.tool,
                    one.external_id,
                    one.messages,
                    project_id=self._project_id,
                    ended_at=one.ended_at,
                    wait=self._wait_for,
                    **one.session_fields(),
                )
        except _FATAL:
            raise
        except ContextFSError as error:
            with self._guard:
                self._tally.failed.append((str(file), error.detail))
            return
        with self._guard:
            self._tally.add(captured)
