"""Which of Cursor's conversations transcripts tell: those are read from them, and from no database."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from contextfs.adapters.transcripts.cursor import agent
from contextfs.adapters.transcripts.shapes import table
from contextfs.adapters.transcripts.tally import Tally

_HEAD: Final = 1 << 20
"""How much of a transcript is looked at, in bytes: one that is longer says something."""


def told(paths: Iterable[Path]) -> frozenset[str]:
    """Name the conversations of which transcripts among some files tell; an empty one tells of none."""
    return frozenset(path.stem for path in paths if path.suffix == ".jsonl" and _says(path))


def _says(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD + 1)
    except OSError:
        return False
    return len(head) > _HEAD or any(_is_said(record) for _, record in agent.records(head, Tally()))


def _is_said(record: dict[str, Any]) -> bool:
    parts = agent.parts_of(table(record.get("message")).get("content"))
    return record.get("role") in ("user", "assistant") and bool(agent.named_by(parts))
