"""SQLite's full-text search with porter stems; the question's words, without stop words, are joined by OR."""

import re
import sqlite3

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.vectors import Vectors

_WORD = re.compile(r"\w+")
_STOP_WORDS = frozenset(
    _WORD.findall(
        "a an and are as at be but by did do does for from had has have how i in is it its me my of on or our s that"
        " the their them they this to was we were what when where which who why will with would you your"
    )
)


class Fts5:
    """One table in memory, "speaker: text" a row."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:")

    def load(self, conversation: Conversation) -> None:
        """Fill the table anew."""
        self._database.executescript(
            "drop table if exists turns; create virtual table turns using fts5(id unindexed, text, tokenize = porter);"
        )
        rows = [(turn.id, f"{turn.speaker}: {turn.text}") for turn in conversation.turns]
        self._database.executemany("insert into turns values (?, ?)", rows)

    def search(self, question: str, most: int) -> list[str]:
        """Ask by bm25()."""
        said = list(dict.fromkeys(_WORD.findall(question)))  # it takes minutes where a word is said thousands of times
        asked_for = [word for word in said if word.lower() not in _STOP_WORDS] or said
        words = " OR ".join(f'"{word}"' for word in asked_for)
        asked = "select id from turns where turns match ? order by bm25(turns) limit ?"
        return [row[0] for row in self._database.execute(asked, (words, most))] if words else []

    def close(self) -> None:
        """Close it."""
        self._database.close()


def make(_: Vectors) -> Fts5:
    """Build it."""
    return Fts5()
