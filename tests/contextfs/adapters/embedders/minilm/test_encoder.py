"""The encoder against BERT written down plainly in 64-bit floats, on small random weights."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.adapters.embedders.minilm import convert
from contextfs.adapters.embedders.minilm.encoder import BLOCK, Encoder, blocks, gelu

WIDTH, WIDE, HEADS, DEPTH, WORDS, LONGEST = 64, 128, 4, 2, 50, 40

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def published() -> dict[str, Floats]:
    """Give random weights by the names and in the shapes in which BERT's are published."""
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (WORDS, WIDTH),
        "embeddings.position_embeddings.weight": (LONGEST + 10, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        **norm("embeddings.LayerNorm"),
    }
    for number in range(DEPTH):
        layer = f"encoder.layer.{number}"
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= dense(f"{layer}.{part}", WIDTH, WIDTH)
        shapes |= dense(f"{layer}.intermediate.dense", WIDE, WIDTH) | dense(f"{layer}.output.dense", WIDTH, WIDE)
        shapes |= norm(f"{layer}.attention.output.LayerNorm") | norm(f"{layer}.output.LayerNorm")
    random = np.random.default_rng(7)
    return {name: random.normal(0, 0.2, shape).astype(np.float32) for name, shape in shapes.items()}


def dense(name: str, outputs: int, inputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def norm(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (WIDTH,), f"{name}.bias": (WIDTH,)}


PUBLISHED = published()
EXACT: dict[str, Doubles] = {name: tensor.astype(np.float64) for name, tensor in PUBLISHED.items()}
ENCODER = Encoder(convert.tensors(PUBLISHED, b"", heads=HEADS, longest=LONGEST), HEADS)

documents = st.lists(st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=LONGEST), min_size=1, max_size=12)


def plain(document: Sequence[int]) -> Doubles:
    """Run BERT with mean pooling on one document, step by step as the paper has it."""
    x = EXACT["embeddings.word_embeddings.weight"][list(document)]
    x = x + EXACT["embeddings.position_embeddings.weight"][: len(document)]
    x = normed(x + EXACT["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(DEPTH):
        x = layered(x, f"encoder.layer.{number}")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def layered(x: Doubles, name: str) -> Doubles:
    query, key, value = (mapped(x, f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
    heads: list[Doubles] = []
    for columns in np.split(np.arange(WIDTH), HEADS):
        scores = np.exp(query[:, columns] @ key[:, columns].T / math.sqrt(WIDTH / HEADS))
        heads.append(scores / scores.sum(axis=1, keepdims=True) @ value[:, columns])
    mixed = mapped(np.concatenate(heads, axis=1), f"{name}.attention.output.dense")
    x = normed(x + mixed, f"{name}.attention.output.LayerNorm")
    wide = exact_gelu(mapped(x, f"{name}.intermediate.dense"))
    return normed(x + mapped(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")


def mapped(x: Doubles, name: str) -> Doubles:
    return x @ EXACT[f"{name}.weight"].T + EXACT[f"{name}.bias"]


def normed(x: Doubles, name: str) -> Doubles:
    x = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + 1e-12)
    return x * EXACT[f"{name}.weight"] + EXACT[f"{name}.bias"]


def exact_gelu(x: npt.NDArray[Any]) -> Doubles:
    chances = [0.5 * (1 + math.erf(float(value) / math.sqrt(2))) for value in x.ravel()]
    return x * np.array(chances).reshape(x.shape)


@settings(deadline=None, max_examples=30)
@given(batch=documents)
def test_vectors_agree_with_plain_bert(batch: list[list[int]]) -> None:
    cosines = [float(vector @ plain(document)) for vector, document in zip(ENCODER(batch), batch, strict=True)]

    assert min(cosines) > 0.999


@settings(deadline=None, max_examples=30)
@given(batch=documents)
def test_a_document_has_the_same_vector_alone_as_in_a_batch(batch: list[list[int]]) -> None:
    alone = np.concatenate([ENCODER([document]) for document in batch])

    np.testing.assert_allclose(ENCODER(batch), alone, atol=1e-5)


def test_no_documents_have_no_vectors() -> None:
    assert ENCODER([]).shape == (0, WIDTH)


@settings(deadline=None, max_examples=30)
@given(lengths=st.lists(st.integers(1, 2 * BLOCK)))
def test_blocks_hold_all_documents_in_order(lengths: list[int]) -> None:
    covered = [index for start, end in blocks(lengths) for index in range(start, end)]

    assert list(range(len(lengths))) == covered


@settings(deadline=None, max_examples=30)
@given(lengths=st.lists(st.integers(1, 2 * BLOCK)))
def test_a_block_is_too_large_only_for_one_document(lengths: list[int]) -> None:
    assert all(end - start == 1 or sum(lengths[start:end]) <= BLOCK for start, end in blocks(lengths))


def test_gelu_is_near_the_exact_one() -> None:
    x = np.linspace(-12, 12, 2001, dtype=np.float32)

    np.testing.assert_allclose(gelu(x.copy()), exact_gelu(x), atol=5e-4)


@pytest.mark.parametrize(("x", "expected"), [(-1e4, 0), (0, 0), (1e4, 1e4)])
def test_gelu_is_calm_far_out(x: float, expected: float) -> None:
    assert float(gelu(np.array([x], np.float32))[0]) == pytest.approx(expected)
