"""What was said on a terminal: a dialogue line by line, or what stood on a screen that a program filled.

A person's words are those that they typed up to an Enter, as the terminal edits them; where a program edits lines by
itself, what stood on the screen from where the cursor was when they began. What the program wrote in between is its
answer. Of programs that fill the screen what was seen is kept as one transcript, and as nobody's words.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final

from clients.wrap.screen import Terminal
from clients.wrap.tape import Event, Tape
from contextfs.domain.sessions.model import NewMessage

SETTLED_SECONDS: Final = 0.35
"""A screen that stood for this long was read."""

_MOST_OF_AN_END: Final = 1 << 15

_ENTER: Final = re.compile(rb"[\r\n]")
_REMEMBERED_ROWS: Final = 400
_DECORATION: Final = re.compile(r"[\s\u2500-\u257f\u2580-\u259f\u2800-\u28ff]*")
"""Frames, blocks and spinners."""


def dialogue(tape: Tape) -> list[NewMessage]:
    """Give the messages of a tape, in order."""
    heard = _Heard(tape.size)
    for event in _with_short_answers(tape.events()):
        heard.take(event)
    return list(heard.end())


def _with_short_answers(events: Iterable[Event]) -> Iterator[Event]:
    """Leave out the middle of what a program wrote at a stretch: a terminal in Python reads 200 kB a second."""
    stretch: list[Event] = []
    for event in events:
        if event.kind == "output":
            stretch.append(event)
            continue
        yield from _ends(stretch)
        stretch.clear()
        yield event
    yield from _ends(stretch)


def _ends(stretch: list[Event]) -> list[Event]:
    """Give the first and the last events, up to some bytes each."""
    begun = list(accumulate((len(one.data) for one in stretch), initial=0))
    places = zip(stretch, begun, strict=False)
    return [one for one, at in places if at < _MOST_OF_AN_END or begun[-1] - at < _MOST_OF_AN_END]


def cooked(typed: bytes) -> str:
    """Give the line that a terminal makes of what is typed: it erases a character, a word or all (`stty -a`)."""
    line = ""
    for char in typed.decode(errors="replace"):
        match char:
            case "\x7f" | "\b":
                line = line[:-1]
            case "\x15":
                line = ""
            case "\x17":
                line = re.sub(r"\S*\s*$", "", line)
            case _ if char.isprintable() or char == "\t":
                line += char
            case _:
                continue
    return line


class _Heard:
    """Plays a tape, and notes who said what."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._screen = Terminal(size)
        self._said: list[NewMessage] = []
        self._read_to = (0, 0)
        self._began: tuple[int, int] | None = None
        self._typed = b""
        self._echoed = True
        self._last = 0.0
        self._seen = _Seen()
        self._prompts: set[str] = set()
        self._awaited: tuple[int, int] | None = None

    def take(self, event: Event) -> None:
        """Take what happened next."""
        is_read = event.kind != "output" or event.at - self._last > SETTLED_SECONDS
        if self._screen.is_full and is_read:
            self._seen.look(self._screen.full())
        self._last = event.at
        match event.kind:
            case "output":
                if self._screen.is_full and b"\x1b[?" in event.data:  # it may be about to leave the screen
                    self._seen.look(self._screen.full())
                self._screen.write(event.data)
                if self._awaited is not None:
                    self._shown(self._awaited)
            case "size":
                rows, columns = event.data.split()
                self._screen.resize(int(rows), int(columns))
            case "typed" | "hidden":
                if not self._screen.is_full:
                    self._type(event)

    def end(self) -> Iterator[NewMessage]:
        """Give all that was said."""
        if self._screen.is_full:
            self._seen.look(self._screen.full())
        self._add("assistant", self._screen.text(self._read_to))
        yield from self._said
        seen = self._seen.text()
        if seen:
            yield NewMessage(role="tool", content=seen, metadata={"capture": "screen"})

    def _type(self, event: Event) -> None:
        self._echoed = event.kind == "typed"
        rest = event.data
        while rest:
            if self._began is None:
                self._began = self._screen.place
            enter = _ENTER.search(rest)
            self._typed += rest[: enter.start()] if enter else rest
            if enter is None:
                return
            self._enter(self._began)
            rest = rest[enter.end() :]

    def _enter(self, began: tuple[int, int]) -> None:
        """Take what was typed as said; where the program itself draws it, as soon as it stands there."""
        typed, self._typed, self._began = self._typed, b"", None
        words = cooked(typed) if self._echoed else self._screen.text(began, self._screen.place)
        if words.strip():
            self._say(words, began)
        else:
            self._awaited = None if self._echoed else began

    def _shown(self, began: tuple[int, int]) -> None:
        """Take what a program drew of what was typed at once, when it has gone to the next row."""
        if self._screen.place[0] > began[0]:
            self._awaited = None
            self._say(self._screen.text(began).split("\n", 1)[0], began)

    def _say(self, words: str, began: tuple[int, int]) -> None:
        """Note what a person said, and what stood before it as the answer to what was said before that."""
        if not words.strip():
            return
        self._add("assistant", self._screen.text(self._read_to, began), prompt=True)
        self._add("user", words)
        self._read_to = (began[0] + 1 + words.count("\n"), 0)

    def _add(self, role: str, text: str, *, prompt: bool = False) -> None:
        """Note what was said. The last line before a person's words is a prompt: it says nothing."""
        *before, last = text.rstrip().split("\n")
        if prompt:
            self._prompts.add(last.strip())
        is_prompt = role == "assistant" and last.strip() in self._prompts
        content = "\n".join(before if is_prompt else [*before, last]).strip("\n")
        if content.strip():
            self._said.append(NewMessage(role="user" if role == "user" else "assistant", content=content))


class _Seen:
    """Rows that were seen on a filled screen, each once while it stays in view; frames and spinners are left out."""

    def __init__(self) -> None:
        self._rows: list[str] = []
        self._recent: deque[str] = deque(maxlen=_REMEMBERED_ROWS)

    def look(self, rows: list[str]) -> None:
        """Take what stands there now."""
        for row in rows:
            words = " ".join(row.strip(" │┃║▌▐┆┊").split())
            if _DECORATION.fullmatch(words) or words in self._recent:
                continue
            if self._rows and words.startswith(self._rows[-1]):
                self._rows.pop()  # it was still being written
            self._rows.append(words)
            self._recent.append(words)

    def text(self) -> str:
        """Give them all."""
        return "\n".join(self._rows)
