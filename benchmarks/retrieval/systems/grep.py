"""Turns by how many different words of the question they hold, as `grep -c` would tell; ties in their order."""

import re

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.vectors import Vectors

_WORD = re.compile(r"\w{3,}")


class Grep:
    """Plain words, no stems, no weights."""

    def load(self, conversation: Conversation) -> None:
        """Take the turns' words."""
        self._turns = [(turn.id, _words(f"{turn.speaker} {turn.text}")) for turn in conversation.turns]

    def search(self, question: str, most: int) -> list[str]:
        """Count."""
        wanted = _words(question)
        ranked = sorted(self._turns, key=lambda turn: -len(wanted & turn[1]))
        return [key for key, words in ranked[:most] if wanted & words]

    def close(self) -> None:
        """Hold nothing."""


def make(_: Vectors) -> Grep:
    """Build it."""
    return Grep()


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
