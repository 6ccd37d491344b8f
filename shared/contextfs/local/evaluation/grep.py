"""What a plain search for words would find: the floor that a search has to be better than."""

import re
from collections.abc import Sequence

from contextfs.kit.pattern import pattern
from contextfs.local.evaluation.model import Item, Question

_WORD: re.Pattern[str] = pattern(r"\w{3,}")


class Grep:
    """Items by how many different words of the question they hold, as `grep -c` would tell; the newest of equals."""

    def __init__(self, items: Sequence[Item]) -> None:
        newest = sorted(items, key=lambda one: (one.said, one.id), reverse=True)
        self._words = [(item, _words(f"{item.title} {item.text}")) for item in newest]

    def search(self, asked: Question, most: int) -> list[str]:
        """Give the ids of what holds most words."""
        wanted = _words(asked.query)
        held = [(len(wanted & words), item) for item, words in self._words if asked.may_find(item)]
        ranked = sorted(held, key=lambda one: -one[0])
        return [item.id for count, item in ranked[:most] if count]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
