r"""Reads Aider's chat history (Markdown, appended) as sessions of blocks.

A session begins with `# aider chat started at <time>`. Aider writes what a person typed as `#### ` lines and its own
notices as `> ` lines, and ends each of both with two spaces; all else the model said. The model's text may hold the
same signs, so that a heading counts only where Aider would write one.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from contextfs.adapters.transcripts.shapes import moment

_START = re.compile(r"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*")
_ENTRY = re.compile(r"^# (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)$")
_HEADING, _NOTICE, _BREAK = "#### ", ">", "  "
_BEGINNINGS = ("> ", "####", "# aider chat started at ")

Voice = Literal["typed", "notice", "said"]


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """What one voice wrote, without its signs; `line` is the number of its first line, from 1."""

    voice: Voice
    text: str
    line: int


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One run of Aider; `started_at` is missing for what stands before the first heading."""

    started_at: datetime | None
    blocks: tuple[Block, ...]


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the input history."""

    at: datetime | None
    text: str


def sessions(text: str) -> Iterator[Session]:
    """Cut a history into its sessions; one in which nothing stands is given, too."""
    lines = text.split("\n")
    is_broken = any(line.startswith(_HEADING) and line.endswith(_BREAK) for line in lines)
    started_at: datetime | None = None
    first = 0
    for n, line in enumerate(lines):
        start = _START.fullmatch(line)
        if start and _is_start(lines, n):
            yield Session(started_at=started_at, blocks=tuple(_blocks(lines, first, n, is_broken=is_broken)))
            started_at, first = moment(start[1]), n + 1
    yield Session(started_at=started_at, blocks=tuple(_blocks(lines, first, len(lines), is_broken=is_broken)))


def typed(data: bytes) -> list[Typed]:
    """Read the input history: a time, and below it each line of what was typed after a `+`. Doubles are one."""
    entries: list[Typed] = []
    for line in data.decode("utf-8", "replace").splitlines():
        if entry := _ENTRY.match(line):
            entries.append(Typed(at=moment(entry[1]), text=""))
        elif line.startswith("+") and entries:
            before = f"{entries[-1].text}\n" if entries[-1].text else ""
            entries[-1] = msgspec.structs.replace(entries[-1], text=before + line[1:])
    return [
        one for one, before in zip(entries, [None, *entries], strict=False) if not before or one.text != before.text
    ]


def _is_start(lines: Sequence[str], n: int) -> bool:
    """Tell whether Aider wrote this heading: blank lines around it, and after them another of Aider's own lines."""
    if (n and lines[n - 1].strip()) or (n + 1 < len(lines) and lines[n + 1].strip()):
        return False
    following = next((line for line in lines[n + 1 :] if line.strip()), None)
    return following is None or following.startswith(_BEGINNINGS)


def _blocks(lines: Sequence[str], first: int, end: int, *, is_broken: bool) -> Iterator[Block]:
    voice: Voice | None = None
    begun = first
    pieces: list[str] = []
    for n in range(first, end):
        line = lines[n]
        now = _voice(line, lines[n - 1] if n > first else "", voice, is_broken=is_broken)
        is_next_prompt = now == "typed" and voice == "typed" and n > first and not lines[n - 1].strip()
        if voice and (now != voice or is_next_prompt):
            yield Block(voice=voice, text="\n".join(pieces).strip("\n"), line=begun + 1)
            pieces = []
        if now != voice or is_next_prompt:
            voice, begun = now, n
        if voice and (line.strip() or voice == "said"):
            pieces.append(_plain(line, voice))
    if voice:
        yield Block(voice=voice, text="\n".join(pieces).strip("\n"), line=begun + 1)


def _voice(line: str, before: str, current: Voice | None, *, is_broken: bool) -> Voice | None:
    """Tell whose a line is. `is_broken` says that Aider's line breaks are still at the ends of its lines."""
    is_whole = line.endswith(_BREAK) or not is_broken
    if (line.startswith(_HEADING) or line.rstrip() == _HEADING.rstrip()) and is_whole:
        follows = not before.strip() or (current == "typed" and before.startswith("####"))
        if follows:
            return "typed"
    if line.startswith(_NOTICE) and is_whole and (is_broken or current != "said" or not before.strip()):
        return "notice"
    return current if not line.strip() else "said"


def _plain(line: str, voice: Voice) -> str:
    if voice == "typed":
        return line.removeprefix("####").removeprefix(" ").removesuffix(_BREAK)
    return line.removeprefix("> ").rstrip() if voice == "notice" else line
