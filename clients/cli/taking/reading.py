"""What an import reads, and what it did: files become conversations, and each is counted."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contextfs.adapters.transcripts import read_path
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.normalised import Normalised, normalised
from contextfs.adapters.transcripts.sqlite import is_database
from contextfs.domain.sessions.model import Captured
from contextfs.kit.errors import ContextFSError

NOTHING = "no conversation in it"

Only = Callable[[Transcript], bool]


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
    revised: int = 0
    learned: int = 0
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
        self.revised += captured.revised
        self.redacted += captured.receipt.redacted if captured.created or captured.added else 0

    def shown(self) -> dict[str, Any]:
        """Give the figures for a program."""
        return {
            "sessions": {"new": self.new, "grown": self.grown, "unchanged": self.unchanged},
            "messages": {"stored": self.stored, "duplicates": self.duplicates, "revised": self.revised},
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
    tool: str, files: Iterable[Path], tally: Tally, tags: Sequence[str] = (), *, only: Only | None = None
) -> Iterator[tuple[Path, Normalised]]:
    """Read files one after the other; what cannot be read is counted, with the reason.

    `only` says which conversations of a database are wanted: it holds those of all folders.
    """
    for file in files:
        tally.files += 1
        for _, read in read_path(tool, file):
            if isinstance(read, ContextFSError):
                tally.failed.append((str(file), read.detail))
                continue
            if not read:
                tally.skipped_files.append((str(file), NOTHING))
            for transcript in filter(only if is_database(file) else None, read):
                one = normalised(transcript, tags=tags)
                tally.skipped_records.update(one.skipped)
                yield file, one
