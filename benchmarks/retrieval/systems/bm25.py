"""bm25s with English stems and stop words."""

from importlib import import_module
from typing import Any

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.systems.vector import spoken
from benchmarks.retrieval.vectors import Vectors


class Bm25:
    """Its usual variant (Lucene's), k1 = 1.5, b = 0.75."""

    def __init__(self) -> None:
        self._bm25s: Any = import_module("bm25s")
        self._stemmer: Any = import_module("Stemmer").Stemmer("english")

    def load(self, conversation: Conversation) -> None:
        """Index the turns."""
        self._ids = [turn.id for turn in conversation.turns]
        self._index = self._bm25s.BM25()
        texts = [spoken(turn.speaker, turn.text) for turn in conversation.turns]
        self._index.index(self._tokens(texts), show_progress=False)

    def search(self, question: str, most: int) -> list[str]:
        """Retrieve; turns without any word of the question are left out."""
        asked = self._tokens([question])
        if not asked.vocab:
            return []
        places, scores = self._index.retrieve(asked, k=min(most, len(self._ids)), show_progress=False)
        return [self._ids[place] for place, score in zip(places[0], scores[0], strict=True) if score > 0]

    def close(self) -> None:
        """Hold nothing."""

    def _tokens(self, texts: list[str]) -> Any:
        return self._bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)


def make(_: Vectors) -> Bm25:
    """Build it."""
    return Bm25()
