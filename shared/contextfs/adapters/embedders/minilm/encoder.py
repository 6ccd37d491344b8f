"""The encoder: a BERT of any depth in numpy, mean pooling, unit length.

Documents are packed, not padded: their tokens stand one after another in one matrix, so that every dense layer is one
matrix product over nothing but real tokens; only attention goes document by document.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Tensors = Mapping[str, npt.NDArray[Any]]

BLOCK = 256  # tokens computed together: enough for full speed, few enough for the processor's cache
EPSILON = np.float32(1e-12)


@dataclass(frozen=True, kw_only=True)
class Dense:
    """An affine map, `x @ weight + bias`; its int8 weights come with one scale for some rows of each column."""

    weight: Floats
    bias: Floats

    @classmethod
    def of(cls, tensors: Tensors, name: str) -> "Dense":
        """Unpack the map of this name."""
        integers, scales = tensors[f"{name}.weight"], tensors[f"{name}.scale"]
        groups = integers.reshape(len(scales), -1, integers.shape[1])
        weight = np.multiply(groups, scales[:, None], dtype=np.float32).reshape(integers.shape)
        return cls(weight=weight, bias=tensors[f"{name}.bias"])

    def __call__(self, x: Floats) -> Floats:
        """Map the rows of `x`."""
        y = x @ self.weight
        y += self.bias
        return y


@dataclass(frozen=True, kw_only=True)
class Norm:
    """Layer normalisation: each row to mean 0 and variance 1, then stretched and moved."""

    weight: Floats
    bias: Floats

    @classmethod
    def of(cls, tensors: Tensors, name: str) -> "Norm":
        """Take the normalisation of this name."""
        return cls(weight=tensors[f"{name}.weight"], bias=tensors[f"{name}.bias"])

    def __call__(self, x: Floats) -> Floats:
        """Normalise the rows of `x`."""
        y = x - x.mean(axis=-1, keepdims=True)
        variance = np.einsum("ij,ij->i", y, y) / np.float32(x.shape[-1])
        y *= (1 / np.sqrt(variance + EPSILON))[:, None]
        y *= self.weight
        y += self.bias
        return y


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One transformer layer: attention within each document, then a feed-forward net for each token."""

    heads: int
    attention: Dense
    mixing: Dense
    mixing_norm: Norm
    widening: Dense
    narrowing: Dense
    narrowing_norm: Norm

    @classmethod
    def of(cls, tensors: Tensors, name: str, heads: int) -> "Layer":
        """Unpack the layer of this name."""
        return cls(
            heads=heads,
            attention=Dense.of(tensors, f"{name}.attention"),
            mixing=Dense.of(tensors, f"{name}.mixing"),
            mixing_norm=Norm.of(tensors, f"{name}.mixing_norm"),
            widening=Dense.of(tensors, f"{name}.widening"),
            narrowing=Dense.of(tensors, f"{name}.narrowing"),
            narrowing_norm=Norm.of(tensors, f"{name}.narrowing_norm"),
        )

    def __call__(self, x: Floats, borders: Sequence[int]) -> Floats:
        """Give the tokens' new rows; document `i` is the rows from `borders[i]` to `borders[i + 1]`."""
        x = self.mixing_norm(x + self.mixing(attend(self.attention(x), self.heads, borders)))
        return self.narrowing_norm(x + self.narrowing(gelu(self.widening(x))))


class Encoder:
    """Turns documents, given as numbers of word pieces, into vectors. It is never changed: threads may share it."""

    def __init__(self, tensors: Tensors, heads: int) -> None:
        """Unpack the layers; the word table stays as it is and only the rows that are asked for are unpacked."""
        self._words = tensors["words.weight"]
        self._scales = tensors["words.scale"]
        self._positions: Floats = tensors["positions"]
        self._norm = Norm.of(tensors, "words_norm")
        depth = sum(name.endswith(".attention.weight") for name in tensors)
        self._layers = [Layer.of(tensors, f"layers.{number}", heads) for number in range(depth)]

    def __call__(self, documents: Sequence[Sequence[int]]) -> Floats:
        """Give one unit-length vector for each document, in order: shape (documents, width). None may be empty."""
        vectors = np.empty((len(documents), self._positions.shape[1]), np.float32)
        for start, end in blocks([len(document) for document in documents]):
            vectors[start:end] = self._encoded(documents[start:end])
        return vectors

    def _encoded(self, documents: Sequence[Sequence[int]]) -> Floats:
        lengths = [len(document) for document in documents]
        borders = list(accumulate(lengths, initial=0))
        places = np.arange(borders[-1]) - np.repeat(borders[:-1], lengths)
        x = self._norm(self._embedded(np.concatenate(documents), places))
        for layer in self._layers:
            x = layer(x, borders)
        # The mean's division is left out: it would not survive the normalisation.
        sums = np.add.reduceat(x, borders[:-1], axis=0)
        return sums / np.linalg.norm(sums, axis=-1, keepdims=True)

    def _embedded(self, numbers: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> Floats:
        x = np.multiply(self._words[numbers], self._scales[numbers][:, None], dtype=np.float32)
        x += self._positions[places]
        return x


def blocks(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Cut a row of documents into runs of about `BLOCK` tokens: give each run's first index and the one behind it."""
    start = tokens = 0
    for index, length in enumerate(lengths):
        if tokens and tokens + length > BLOCK:
            yield start, index
            start, tokens = index, 0
        tokens += length
    if tokens:
        yield start, len(lengths)


def attend(projected: Floats, heads: int, borders: Sequence[int]) -> Floats:
    """Mix the tokens of each document by scaled dot-product attention.

    `projected` holds query, key and value of each token side by side, the query already divided by the root of the
    head's size; the result has a third of its width.
    """
    tokens, width = len(projected), projected.shape[1] // 3
    parts = projected.reshape(tokens, 3, heads, -1).transpose(1, 2, 0, 3)
    mixed = np.empty((tokens, width), np.float32)
    target = mixed.reshape(tokens, heads, -1).transpose(1, 0, 2)
    for start, end in pairwise(borders):
        query, key, value = parts[:, :, start:end]
        scores = query @ key.transpose(0, 2, 1)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        # Dividing the mixture and not the scores: it is the narrower of the two.
        np.divide(scores @ value, scores.sum(axis=-1, keepdims=True), out=target[:, start:end])
    return mixed


def gelu(x: Floats) -> Floats:
    """Give `x` times the chance that a standard normal number is below it (Hendrycks and Gimpel 2016), in place.

    By their logistic form of the tanh approximation, at most 5e-4 off: one exp, which numpy has in vector code.
    """
    chance = x * x
    chance *= np.float32(-0.0713548163)  # 2 * sqrt(2 / pi) * 0.044715
    chance -= np.float32(1.5957691216)  # 2 * sqrt(2 / pi)
    chance *= x
    np.minimum(chance, np.float32(80), out=chance)  # exp(89) is no float32 any more
    np.exp(chance, out=chance)
    chance += 1
    x /= chance
    return x
