"""Past conversations about one repository, where tools keep them: files are found, and not read in."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from contextfs.adapters.transcripts import READERS
from contextfs.local.setup.model import Surroundings, TranscriptsFound
from contextfs.local.setup.transcripts import beside, by_cursor, by_folder, by_record, by_row
from contextfs.local.setup.transcripts.here import Here

Finder = Callable[[Here, Surroundings], Iterator[Path]]

FINDERS: Final[dict[str, Finder]] = {
    "claude-code": by_record.claude_code,
    "codex": by_record.codex,
    "gemini": by_folder.gemini,
    "copilot": by_record.copilot,
    "copilot-chat": by_folder.copilot_chat,
    "cursor": by_cursor.cursor,
    "cline": by_record.cline,
    "continue": by_record.continue_,
    "opencode": by_row.opencode,
    "zed": by_row.zed,
    "aider": beside.aider,
    "specstory": beside.specstory,
}
"""How each tool's files are found."""


def transcripts(here: Here, around: Surroundings, tools: Collection[str] = FINDERS) -> tuple[TranscriptsFound, ...]:
    """List the conversations that were had in a repository, by tool; a folder that cannot be read holds none."""
    told: list[TranscriptsFound] = []
    for tool, finder in FINDERS.items():
        sizes = dict(_sizes(finder(here, around))) if tool in tools else {}
        if sizes:
            told.append(
                TranscriptsFound(
                    tool=tool, files=tuple(sorted(sizes)), size=sum(sizes.values()), readable=tool in READERS
                )
            )
    return tuple(told)


def _sizes(files: Iterator[Path]) -> Iterator[tuple[Path, int]]:
    for path in files:
        try:
            yield path, path.stat().st_size
        except OSError:
            continue
