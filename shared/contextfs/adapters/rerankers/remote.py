"""A reranker somewhere else: asked once, for somebody waits, and believed only as far as it is sane.

What a vendor's endpoint says is never passed on: it may quote what it was sent.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import exp, isfinite
from typing import Final, NamedTuple, Protocol

import msgspec

from contextfs.kit.errors import Unavailable

SECONDS: Final = 5.0
"""How long an endpoint is waited for."""
_QUIET: Final = 15.0
"""Seconds for which an endpoint is not asked that did not answer: each search would wait for its time limit."""
ELSE: Final = "The reranker's endpoint answers with something else than relevances."


class Scored(NamedTuple):
    """What a model said of the text with this number, from 0."""

    number: int
    score: float


class Endpoint(Protocol):
    """One model of one vendor. It sends what it is given in one request, and checks nothing."""

    def ask(self, question: str, texts: Sequence[str]) -> Iterable[Scored]:
        """Give a score for each text, in any order; Unavailable when there is none."""
        ...


class RemoteReranker:
    """Stands behind the Reranker port."""

    def __init__(self, model: str, endpoint: Endpoint, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the model's name, as it is told to people."""
        self.model = model
        self._endpoint = endpoint
        self._clock = clock
        self._quiet_until = 0.0

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """Give the relevance of each text, 0 to 1, in order; Unavailable when the model cannot answer soon.

        Models that give logits instead (llama.cpp does) are brought to 0..1 by the logistic function.
        """
        if not texts:
            return []
        if self._clock() < self._quiet_until:
            raise Unavailable(f"The reranker {self.model} did not answer a moment ago.")
        try:
            scores = {one.number: one.score for one in self._endpoint.ask(question, texts)}
        except Unavailable:
            self._quiet_until = self._clock() + _QUIET
            raise
        if sorted(scores) != list(range(len(texts))) or not all(map(isfinite, scores.values())):
            raise Unavailable(f"The reranker {self.model} did not give one relevance for each of {len(texts)} texts.")
        are_logits = any(not 0 <= score <= 1 for score in scores.values())
        return [_logistic(scores[index]) if are_logits else scores[index] for index in range(len(texts))]


class _Result(msgspec.Struct):
    index: int
    relevance_score: float


class _Reply(msgspec.Struct):
    results: list[_Result]


def results(content: bytes) -> list[Scored]:
    """Read the reply that Cohere's API gave rise to: `{"results": [{"index": 0, "relevance_score": 0.9}]}`."""
    try:
        reply = msgspec.json.decode(content, type=_Reply)
    except msgspec.DecodeError:
        raise Unavailable(ELSE) from None
    return [Scored(one.index, one.relevance_score) for one in reply.results]


def request(question: str, texts: Sequence[str]) -> Mapping[str, object]:
    """Write what that API is asked."""
    return {"query": question, "documents": list(texts), "top_n": len(texts)}


def _logistic(score: float) -> float:
    return 1 / (1 + exp(-score)) if score >= 0 else exp(score) / (1 + exp(score))
