"""Turns the published weights of a BERT sentence encoder into the tensors of our model file.

Matrices become int8 with a float scale for each 32 weights of an output (for each row of the word table), rounded to
the nearest: exact IEEE steps only, so that every machine makes the same file. With one scale for a whole output the
vectors stray three times as far. Matrices are stored inputs by outputs, the order in which small products are fastest.
What is constant is worked in: the root of the head's size into the query, the only token type into the positions.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Tensors = dict[str, npt.NDArray[Any]]

GROUP = 32

_LARGEST = np.float32(127)


def tensors(published: Mapping[str, Floats], vocabulary: bytes, *, heads: int, longest: int) -> Tensors:
    """Give the tensors of our file, by the names that `Encoder` reads, with the vocabulary as lines of UTF-8."""
    table = published["embeddings.word_embeddings.weight"]
    words, scales = quantised(table.T, group=table.shape[1])
    positions = published["embeddings.position_embeddings.weight"][:longest]
    result: Tensors = {
        "vocabulary": np.frombuffer(vocabulary.rstrip(b"\n"), np.uint8),
        "words.weight": words.T,
        "words.scale": scales[0],
        "positions": positions + published["embeddings.token_type_embeddings.weight"][0],
        **_norm(published, "embeddings.LayerNorm", "words_norm"),
    }
    depth = sum(name.endswith(".attention.self.query.weight") for name in published)
    for number in range(depth):
        result |= _layer(published, f"encoder.layer.{number}", f"layers.{number}", heads)
    return result


def quantised(matrix: Floats, group: int) -> tuple[npt.NDArray[np.int8], Floats]:
    """Give the matrix as int8, and a scale for each `group` rows of each column by which to multiply it back."""
    groups = matrix.reshape(-1, group, matrix.shape[1])
    largest = np.abs(groups).max(axis=1)
    scales = np.where(largest == 0, np.float32(1), largest / _LARGEST)
    return np.rint(groups / scales[:, None]).astype(np.int8).reshape(matrix.shape), scales


def _layer(published: Mapping[str, Floats], old: str, new: str, heads: int) -> Tensors:
    query, key, value = (
        (published[f"{old}.attention.self.{part}.weight"], published[f"{old}.attention.self.{part}.bias"])
        for part in ("query", "key", "value")
    )
    root = np.sqrt(np.float32(len(query[1]) // heads))
    weight = np.concatenate([query[0] / root, key[0], value[0]])
    bias = np.concatenate([query[1] / root, key[1], value[1]])
    return {
        **_dense(weight, bias, f"{new}.attention"),
        **_published_dense(published, f"{old}.attention.output.dense", f"{new}.mixing"),
        **_norm(published, f"{old}.attention.output.LayerNorm", f"{new}.mixing_norm"),
        **_published_dense(published, f"{old}.intermediate.dense", f"{new}.widening"),
        **_published_dense(published, f"{old}.output.dense", f"{new}.narrowing"),
        **_norm(published, f"{old}.output.LayerNorm", f"{new}.narrowing_norm"),
    }


def _published_dense(published: Mapping[str, Floats], old: str, new: str) -> Tensors:
    return _dense(published[f"{old}.weight"], published[f"{old}.bias"], new)


def _dense(weight: Floats, bias: Floats, new: str) -> Tensors:
    integers, scales = quantised(weight.T, GROUP)
    return {f"{new}.weight": integers, f"{new}.scale": scales, f"{new}.bias": bias}


def _norm(published: Mapping[str, Floats], old: str, new: str) -> Tensors:
    return {f"{new}.weight": published[f"{old}.weight"], f"{new}.bias": published[f"{old}.bias"]}
