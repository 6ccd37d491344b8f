"""Tools that keep their conversations in the repository itself."""

from collections.abc import Iterator
from pathlib import Path

from contextfs.adapters.transcripts.files import found
from contextfs.local.setup.model import Surroundings
from contextfs.local.setup.transcripts.here import Here


def aider(here: Here, _: Surroundings) -> Iterator[Path]:
    """Give Aider's history."""
    yield from _in(here, ".aider.chat.history.md")


def specstory(here: Here, _: Surroundings) -> Iterator[Path]:
    """Give SpecStory's histories."""
    yield from _in(here, ".specstory/history/*.md")


def _in(here: Here, pattern: str) -> Iterator[Path]:
    seen: set[Path] = set()
    for path in found((Path(folder), pattern) for folder in here.folders):
        if (real := path.resolve()) not in seen:
            seen.add(real)
            yield path
