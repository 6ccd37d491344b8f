"""The product's embedder with a memory on disk: a text is embedded once, whatever runs how often."""

import sqlite3
import time
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from contextfs.adapters.embedders.minilm.embedder import MODEL, MiniLM

Floats = npt.NDArray[np.float32]
_BATCH = 64


class Vectors:
    """An `Embedder` that remembers. It is for one process at a time."""

    model = MODEL
    dimensions = 384

    def __init__(self, model: Path, cache: Path) -> None:
        """Take the model's file, read at the first text that is new, and the cache's file, made when missing."""
        self._path = model
        self.seconds = 0.0
        """What it took to embed what was new: the first system that asks pays, and those behind it do not."""
        self._minilm: MiniLM | None = None
        cache.parent.mkdir(parents=True, exist_ok=True)
        self._cache = sqlite3.connect(cache, check_same_thread=False)
        self._cache.execute("create table if not exists vectors (text blob primary key, vector blob) without rowid")

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give one unit vector for each text: shape (texts, 384)."""
        keys = {text: blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts}
        known = {text: vector for text in keys if (vector := self._known(keys[text])) is not None}
        new = sorted((text for text in keys if text not in known), key=len)
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            began = time.perf_counter()
            for text, vector in zip(batch, self._embedder().embed(batch), strict=True):
                known[text] = vector
                self.keep(text, vector)
            self._cache.commit()
            self.seconds += time.perf_counter() - began
        return np.stack([known[text] for text in texts]) if texts else np.empty((0, self.dimensions), np.float32)

    def keep(self, text: str, vector: Floats) -> None:
        """Remember a vector."""
        key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self._cache.execute("insert or replace into vectors values (?, ?)", (key, vector.astype("<f4").tobytes()))

    def _known(self, key: bytes) -> Floats | None:
        row = self._cache.execute("select vector from vectors where text = ?", (key,)).fetchone()
        return np.frombuffer(row[0], "<f4") if row else None

    def _embedder(self) -> MiniLM:
        if self._minilm is None:
            self._minilm = MiniLM.load(self._path)
        return self._minilm
