"""MiniLM as its callers know it, with the real weights."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.adapters.embedders.minilm import MiniLM
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Embedder

TEXTS = [
    "",
    "We deploy to staging with `make deploy`, never by hand.",
    "The login test fails when the clock is changed to summer time.",
    "ok",
    "Pagination uses an opaque cursor. " * 9,
    "Tokyo 東京 naïve \N{GRINNING FACE} \0 \ud800",
    "a_very_long_identifier_name = another.module.function(argument, keyword=value)",
]


def test_it_is_an_embedder(minilm: MiniLM) -> None:
    embedder: Embedder = minilm

    assert (embedder.model, embedder.dimensions) == ("all-MiniLM-L6-v2", 384)


def test_vectors_are_32_bit_rows_of_384(minilm: MiniLM) -> None:
    vectors = minilm.embed(TEXTS)

    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), 384), np.float32)


def test_no_texts_have_no_vectors(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, 384)


def test_vectors_have_unit_length(minilm: MiniLM) -> None:
    np.testing.assert_allclose(np.linalg.norm(minilm.embed(TEXTS), axis=1), 1, atol=1e-5)


def test_a_text_has_the_same_vector_alone_as_in_a_batch(minilm: MiniLM) -> None:
    alone = np.concatenate([minilm.embed([text]) for text in TEXTS])

    np.testing.assert_allclose(minilm.embed(TEXTS), alone, atol=1e-4)


def test_vectors_come_in_the_order_of_the_texts(minilm: MiniLM) -> None:
    np.testing.assert_allclose(minilm.embed(TEXTS[::-1]), minilm.embed(TEXTS)[::-1], atol=1e-4)


def test_threads_may_share_it(minilm: MiniLM) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(minilm.embed, [TEXTS] * 4))

    np.testing.assert_allclose(found, [minilm.embed(TEXTS)] * 4, atol=1e-4)


def test_what_lies_behind_256_pieces_is_not_read(minilm: MiniLM) -> None:
    long = "word " * 254

    np.testing.assert_allclose(minilm.embed([long]), minilm.embed([long + "and another thing"]), atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(text=st.text(st.characters(), max_size=40))
def test_any_text_has_a_vector(minilm: MiniLM, text: str) -> None:
    assert np.linalg.norm(minilm.embed([text])) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "similar", "unrelated"),
    [
        ("A man is eating food.", "A man is eating a piece of bread.", "A cheetah is running behind its prey."),
        ("how do we ship to production?", "Releases go live through the deploy job.", "Colours follow the brand book."),
        ("The database password was rotated.", "We changed the Postgres secret.", "The meeting moved to Tuesday."),
        ("tests hang forever", "The suite never finishes because of a deadlock.", "Buttons use rounded corners."),
        ("prefers tabs to spaces", "The user likes indentation with tabs.", "The user lives in Lisbon."),
    ],
)
def test_similar_texts_are_closer_than_unrelated_ones(minilm: MiniLM, text: str, similar: str, unrelated: str) -> None:
    vector, near, far = minilm.embed([text, similar, unrelated])

    assert float(vector @ near) > float(vector @ far) + 0.1


def test_known_sentences_have_their_known_cosines(minilm: MiniLM) -> None:
    vectors = minilm.embed(
        ["A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby."]
    )

    np.testing.assert_allclose(vectors[0] @ vectors[1:].T, [0.7553, -0.1050], atol=0.002)


def test_a_missing_model_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="ctx models fetch"):
        MiniLM.load(tmp_path / "none.bin")


def test_a_tampered_model_is_not_loaded(model_file: Path, target: Path) -> None:
    changed = bytearray(model_file.read_bytes())
    changed[len(changed) // 2] ^= 1
    target.write_bytes(changed)

    with pytest.raises(Unavailable, match="is damaged"):
        MiniLM.load(target)
