"""A terminal of our own, on which a tape is played: what a person saw, as text.

Two screens, as terminals have them (xterm's private modes 47, 1047, 1049): programs that fill the screen draw on the
other one. Sequences that the emulator does not know are taken out first, for it would print or stumble over them.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final

import pyte

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


class _Screen(pyte.HistoryScreen):
    """Answers nobody, and takes what is sent in private as it is."""

    def select_graphic_rendition(self, *attributes: Any, **kwargs: Any) -> None:
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
        self._main = _Screen(columns, rows, history=_HISTORY, ratio=0.5)
        self._other = _Screen(columns, rows, history=2, ratio=0.5)
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
