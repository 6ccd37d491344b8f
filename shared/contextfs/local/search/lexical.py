"""The words' leg: FTS5 names candidates, and the shared BM25 scores them, so that laptop and server agree.

FTS5 would score with an average length and rarities of its own; of its best, taken generously, the order is made anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contextfs.domain.search.bm25 import AVERAGE_LENGTH, idf, weight
from contextfs.domain.search.stemmers import share
from contextfs.kit.languages import ENGLISH, Languages
from contextfs.local.base.connection import Base
from contextfs.local.search.bounds import encoded
from contextfs.local.search.queries import SQL

_GENEROUS = 4
_LEAST = 200
_MOST_TERMS = 64
"""Of how many words a passage is asked for by name, and of how many it is told which it holds: as on a server."""


class Lexical:
    """The words of one query, with how rare each is here. Without any word that occurs here it has nothing to say."""

    def __init__(self, base: Base, words: Sequence[str], *, at: int, languages: Languages = ENGLISH) -> None:
        self._base = base
        rows = base.all(SQL["holders"], {"terms": encoded(words)}) if words else []
        held = {row["term"]: row["doc"] for row in rows}
        total = (base.one(SQL["totals"], {"at": at}) or {})["passages"] if held else 0
        self._rarities = {word: idf(total, held[word]) for word in words if word in held}
        self._worth = {word: share(word, languages) * rarity for word, rarity in self._rarities.items()}
        self._first = words[:_MOST_TERMS]
        self.rarities = [self._rarities.get(word, 0.0) for word in self._first]
        """The idf of each of the first words, 0 for what occurs nowhere."""

    @property
    def is_mute(self) -> bool:
        """Tell whether none of the words occurs here."""
        return not self._rarities

    def candidates(self, bounds: Mapping[str, Any] | None, count: int) -> list[int]:
        """Give the ids of generously many of the best passages within the bounds."""
        if self.is_mute:
            return []
        values = {"match": self._match(), "limit": max(count * _GENEROUS, _LEAST), **(bounds or {})}
        query = "matching" if bounds is None else "matching_within"
        return [one for (one,) in self._base.each(SQL[query], values)]

    def score(self, terms: str, length: int) -> float | None:
        """Give the BM25 score of a passage, 0.0 when it says none of the words."""
        if self.is_mute:
            return None
        said = _apart(terms)
        return sum(
            worth * weight(count, length=length, average_length=AVERAGE_LENGTH)
            for word, worth in self._worth.items()
            if (count := said.count(_apart(word)))
        )

    def held(self, terms: str) -> list[float]:
        """Give for each of the first words its idf where a passage holds it, else 0."""
        said = frozenset(terms.split(" "))
        return [self._rarities.get(word, 0.0) if word in said else 0.0 for word in self._first]

    def _match(self) -> str:
        """Ask for any of the words; of very many, for the rarest: what says none of them is no candidate."""
        rarest = sorted(self._rarities, key=lambda word: -self._rarities[word])[:_MOST_TERMS]
        return " OR ".join(_quoted(rarest))


def _apart(terms: str) -> str:
    """Put spaces of its own around each term, so that it is found as a part of the text, and as a whole term alone."""
    return f" {terms.replace(' ', '  ')} "


def _quoted(words: Iterable[str]) -> Iterable[str]:
    return ('"' + word.replace('"', '""') + '"' for word in words)
