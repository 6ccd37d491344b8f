"""The server's log beside the data: opened for it, kept small, and quoted when a start fails."""

import os
import re
from pathlib import Path

LARGEST = 10 * 1024 * 1024
"""Bytes after which a start begins a new log; the last one is kept."""

_COMPLAINT = re.compile(r"(?:FATAL|PANIC|ERROR|error|Error): +(.*)")
_QUOTED_LINES = 3
_READ_BYTES = 16_384


def open_for_server(path: Path) -> int:
    """Open a log for appending, for its owner alone, to be inherited by a server; a large one is put aside first."""
    if path.exists() and path.stat().st_size > LARGEST:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def complaint_since(path: Path, offset: int) -> str:
    """Quote what the log complains of after that byte, as one line."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(offset, end - _READ_BYTES))
        return complaint(file.read().decode("utf-8", "replace"))


def complaint(text: str) -> str:
    """Pick the errors out of what a program said, or its last words, as one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [found[1] for line in lines if (found := _COMPLAINT.search(line))]
    return "; ".join([*dict.fromkeys(wrong or lines)][-_QUOTED_LINES:]) or "it said nothing"
