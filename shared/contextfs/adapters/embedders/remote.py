"""An embedder somewhere else: asked in batches, tried again where that helps, and believed only as far as it is sane.

What a vendor's endpoint says is never passed on: it may quote what it was sent.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import hypot, isfinite
from threading import Lock
from typing import Protocol

from contextfs.kit.errors import Unavailable

Numbers = Sequence[float]

_WAITS = (0.5, 2.0)
"""Seconds before it is tried again; an endpoint that is busy may ask for more."""
_LONGEST_WAIT = 5.0
"""With three tries of twelve seconds all of it stays below the minute that a transaction may wait for its caller."""
_QUIET = 15.0
"""Seconds for which no question is asked of an endpoint that did not answer one: each would wait for its time limit."""
_BLANK = "."
"""Stands for a text without any letter: most vendors refuse an empty one."""


class TryAgain(Exception):
    """An endpoint is busy or broken for the moment."""

    def __init__(self, told: str, seconds: float = 0.0) -> None:
        """Keep what is told of it when it stays so, and how long it asks to be left alone."""
        super().__init__(told)
        self.told = told
        self.seconds = seconds


class Endpoint(Protocol):
    """One model of one vendor. It sends what it is given in one request, and checks nothing."""

    most_texts: int

    def ask(self, texts: Sequence[str], *, question: bool) -> Sequence[Numbers]:
        """Give a vector for each text; TryAgain when it is busy, Unavailable when it refuses.

        `question`: somebody waits, and the text is asked with instead of looked through.
        """
        ...


class RemoteEmbedder:
    """Stands behind the Embedder port. Vectors are brought to unit length; those that are none are refused."""

    def __init__(
        self,
        model: str,
        endpoint: Endpoint,
        *,
        dimensions: int | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the model's stable name; without `dimensions`, the first answer tells them."""
        self.model = model
        self._endpoint = endpoint
        self._dimensions = dimensions
        self._sleep, self._clock = sleep, clock
        self._quiet_until = 0.0
        self._lock = Lock()

    @property
    def dimensions(self) -> int:
        """The length of each vector; where it is not known, the model is asked."""
        if self._dimensions is None:
            self.question(_BLANK)
        return self._dimensions or 0

    def embed(self, texts: Sequence[str]) -> Iterator[list[float]]:
        """Give one unit-length vector for each text, in order; Unavailable when the model cannot answer."""
        for start in range(0, len(texts), self._endpoint.most_texts):
            yield from self._batch(texts[start : start + self._endpoint.most_texts])

    def question(self, text: str) -> list[float]:
        """Give the vector of a question: once, quickly, or Unavailable."""
        if self._clock() < self._quiet_until:
            raise Unavailable(f"The embedder {self.model} did not answer a moment ago.")
        try:
            (vector,) = self._asked([text], question=True)
        except TryAgain as error:
            self._quiet_until = self._clock() + _QUIET
            raise Unavailable(error.told) from None
        return vector

    def _batch(self, texts: Sequence[str]) -> Iterable[list[float]]:
        for wait in _WAITS:
            try:
                return self._asked(texts, question=False)
            except TryAgain as error:
                if error.seconds > _LONGEST_WAIT:
                    raise Unavailable(error.told) from None
                self._sleep(max(wait, error.seconds))
        try:
            return self._asked(texts, question=False)
        except TryAgain as error:
            raise Unavailable(error.told) from None

    def _asked(self, texts: Sequence[str], *, question: bool) -> list[list[float]]:
        vectors = self._endpoint.ask([text if text.strip() else _BLANK for text in texts], question=question)
        if len(vectors) != len(texts):
            raise Unavailable(f"The embedder {self.model} gave {len(vectors)} vectors for {len(texts)} texts.")
        return [self._sane(vector) for vector in vectors]

    def _sane(self, vector: Numbers) -> list[float]:
        length = hypot(*vector)
        if not isfinite(length) or length == 0.0:
            raise Unavailable(f"The embedder {self.model} gave a vector that points nowhere (NaN, infinite or zero).")
        with self._lock:
            self._dimensions = self._dimensions or len(vector)
        if len(vector) != self._dimensions:
            told = f"The embedder {self.model} gave a vector of {len(vector)} dimensions instead of {self._dimensions}."
            raise Unavailable(told)
        return [number / length for number in vector]
