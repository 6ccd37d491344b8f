"""A terminal of our own, on which a tape is played: what a person saw, as text.

Two screens, as terminals have them (xterm's private modes 47, 1047, 1049): programs that fill the screen draw on the
other one. Sequences that the emulator does not know are taken out first, for it would print or stumble over them.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, Final

import pyte
from pyte.charsets import LAT1_MAP
from pyte.modes import DECAWM, IRM

_HISTORY: Final = 50_000
_UNKNOWN: Final = re.compile(
    r"\x1b\[[<>=][0-9;:]*[@-~]"  # private modes of keyboards
    r"|\x1b\[\?[0-9;]*[a-gi-kn-zA-Z$]"  # private modes other than set and reset
    r"|\x1b\[\?[0-9;]*m"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links, clipboards
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b\[[0-9;]*:[0-9;:]*m"  # colours with sub-parameters
    r"|\x1b\[\d* q"
)
_OTHER: Final = re.compile(r"(\x1b\[\?(?:1049|1047|47)[hl])")
_WHOLE: Final = re.compile(
    r"\x1b(?:\[[0-9;:?<>=]*[ ]?[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[^\[\]PX^_])"
)
_LONGEST_SEQUENCE: Final = 64


class Screen(pyte.HistoryScreen):
    """Answers nobody, takes what is sent in private as it is, and draws plain text several letters at a time."""

    def __init__(self, columns: int, lines: int, history: int) -> None:
        self._ink: Any = None
        self._cells: dict[str, Any] = {}
        super().__init__(columns, lines, history=history, ratio=0.5)

    def draw(self, data: str) -> None:
        """Draw as pyte does, which asks of each letter by itself how wide it is."""
        is_usual = not self.charset and self.g0_charset is LAT1_MAP and DECAWM in self.mode and IRM not in self.mode
        if is_usual and data.isascii() and data.isprintable() and self.cursor.x <= self.columns:
            self._draw_plain(data)
        else:
            super().draw(data)

    def _draw_plain(self, data: str) -> None:
        cursor, columns, cells = self.cursor, self.columns, self._cells_of(data)
        while data:
            if cursor.x == columns:
                self.dirty.add(cursor.y)
                self.carriage_return()
                self.linefeed()
            part, data = data[: columns - cursor.x], data[columns - cursor.x :]
            self.buffer[cursor.y].update(zip(count(cursor.x), map(cells.__getitem__, part), strict=False))
            cursor.x += len(part)
        self.dirty.add(cursor.y)

    def _cells_of(self, data: str) -> Mapping[str, Any]:
        """Give a cell for each letter, as the cursor writes now; those of what it wrote last are kept."""
        ink, cells = self.cursor.attrs, self._cells
        if self._ink is not ink:
            self._ink = ink
            cells.clear()
        cells.update({letter: ink._replace(data=letter) for letter in set(data) - cells.keys()})
        return cells

    def select_graphic_rendition(self, *attributes: Any, **kwargs: Any) -> None:
        """Take colours and the like."""
        if not kwargs.get("private"):
            super().select_graphic_rendition(*attributes)

    def report_device_status(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing."""

    def report_device_attributes(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing."""


class Terminal:
    """Shows what a program writes. A place on it is a row, counted from the first one ever written, and a column."""

    def __init__(self, size: tuple[int, int]) -> None:
        rows, columns = size
        self._main = Screen(columns, rows, history=_HISTORY)
        self._other = Screen(columns, rows, history=2)
        self._streams = pyte.Stream(self._main), pyte.Stream(self._other)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = ""
        self.is_full = False
        """Whether a program fills the screen."""

    def write(self, data: bytes) -> None:
        """Show bytes; a sequence that is not whole yet waits for its rest."""
        text = self._begun + self._decoder.decode(data)
        cut = text.rfind("\x1b")
        is_begun = cut >= 0 and len(text) - cut < _LONGEST_SEQUENCE and not _WHOLE.match(text, cut)
        self._begun = text[cut:] if is_begun else ""
        for part in _OTHER.split(text[:cut] if is_begun else text):
            if _OTHER.fullmatch(part):
                self.is_full = part.endswith("h")
                if self.is_full:
                    self._other.reset()
            else:
                self._streams[self.is_full].feed(_UNKNOWN.sub("", part))

    def resize(self, rows: int, columns: int) -> None:
        """Be of another size."""
        for one in (self._main, self._other):
            one.resize(rows, columns)

    @property
    def place(self) -> tuple[int, int]:
        """Where the cursor stands on the main screen."""
        return len(self._main.history.top) + self._main.cursor.y, self._main.cursor.x

    def text(self, start: tuple[int, int], end: tuple[int, int] | None = None) -> str:
        """Give what stands on the main screen between two places; without an end, all that follows."""
        rows = list(self._rows(start[0]))
        if end is not None:
            del rows[end[0] - start[0] + 1 :]
            if rows and end[0] - start[0] < len(rows):
                rows[-1] = rows[-1][: end[1]]
        if rows:
            rows[0] = rows[0][start[1] :]
        return "\n".join(row.rstrip() for row in rows)

    def full(self) -> list[str]:
        """Give the rows of the program that fills the screen."""
        return [row.rstrip() for row in self._other.display]

    def _rows(self, start: int) -> Iterator[str]:
        top = self._main.history.top
        for line in list(top)[start:]:
            yield "".join(line[place].data for place in range(self._main.columns))
        yield from self._main.display[max(0, start - len(top)) :]
