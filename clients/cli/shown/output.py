"""What the commands print: results on standard output, everything else on standard error."""

import os
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from clients.cli.shown import colour

_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_PROGRESS_SECONDS = 0.1


def say(text: str = "") -> None:
    """Print a line of the result."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Print a line beside the result."""
    sys.stderr.write(f"{text}\n")


def say_json(value: object) -> None:
    """Print a value as JSON; nouns are written as the API writes them."""
    say(json_of(value))


def json_of(value: object) -> str:
    """Write a value as JSON."""
    import msgspec  # noqa: PLC0415 - only where JSON is printed

    return msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain), indent=2).decode()


def block(rows: Iterable[tuple[str, str]], indent: str = "  ") -> None:
    """Print names and values, aligned."""
    kept = [(name, value) for name, value in rows if value]
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        say(f"{indent}{dim(f'{name:<{width}}')}  {value}")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns; the last one is not padded."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for number, row in enumerate([heads, *rows]):
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:-1], widths[:-1], strict=True)]
        line = "  ".join([*cells, row[-1]])
        say(dim(line) if number == 0 else line)


def printable(text: str) -> str:
    """Make foreign text safe for a terminal: no escape sequence in it does anything."""
    return "".join(char if char.isprintable() or char in "\n\t" else "�" for char in text)


def one_line(text: str | None, longest: int = 80) -> str:
    """Give a text in one line, cut to a length."""
    line = printable(" ".join((text or "").split()))
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def short(one: UUID) -> str:
    """Name a thing by the last twelve digits of its id: they are random, and as good as the whole among one's own."""
    return one.hex[-12:]


def day(moment: datetime | None) -> str:
    """Write a date in this machine's time zone."""
    return moment.astimezone().strftime("%Y-%m-%d") if moment else "-"


def minute(moment: datetime | None) -> str:
    """Write a date and time in this machine's time zone."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "-"


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Write a number with its noun: 1 session, 2,000 sessions."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def bold(text: str) -> str:
    """Make a text stand out, where colours are welcome."""
    return f"{_BOLD}{text}{_PLAIN}" if colour.is_welcome(sys.stdout) else text


def dim(text: str) -> str:
    """Make a text stand back, where colours are welcome."""
    return f"{_DIM}{text}{_PLAIN}" if colour.is_welcome(sys.stdout) else text


class Progress:
    """A line on standard error that is rewritten while work goes on; where nobody watches, nothing.

    What takes minutes says a line `every` so many seconds there, too: a log shows that it is alive.
    """

    def __init__(self, *, every: float | None = None) -> None:
        self._is_watched = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._every = _PROGRESS_SECONDS if self._is_watched else every
        self._shown_at: float | None = None

    def show(self, text: str) -> None:
        """Show how far the work is, a few times a second."""
        now = time.monotonic()
        if self._every is None or (self._shown_at is not None and now - self._shown_at < self._every):
            return
        self._shown_at = now
        sys.stderr.write(f"\r\x1b[K{text}" if self._is_watched else f"{text}\n")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._is_watched and self._shown_at is not None:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _plain(value: object) -> str:
    """Write what JSON has no form for: a path as its text."""
    if isinstance(value, PurePath):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} has no JSON")
