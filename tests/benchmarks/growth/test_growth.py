"""The corpus is the same in every run and looks like text; the curve is a picture; a small run goes through."""

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchmarks.growth.corpus import SESSION, Corpus
from benchmarks.growth.curve import Point, curve
from benchmarks.growth.run import run_sizes
from benchmarks.growth.searching import questions


def test_the_corpus_is_the_same_in_every_run() -> None:
    first, second = (next(iter(Corpus(300).chunks())) for _ in range(2))

    assert np.array_equal(first.vectors, second.vectors)
    assert all(np.array_equal(one, other) for one, other in zip(first.words, second.words, strict=True))
    assert questions(Corpus(300), 5) == questions(Corpus(300), 5)


def test_passages_of_a_session_are_near_and_all_vectors_have_unit_length() -> None:
    vectors = next(iter(Corpus(500).chunks())).vectors
    near = float(np.mean(vectors[:SESSION] @ vectors[:SESSION].T))
    far = float(np.mean(vectors[:SESSION] @ vectors[SESSION:].T))

    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert near > far + 0.3


def test_the_curve_has_a_line_for_each_way() -> None:
    points = [
        Point(size=size, series=way, ours=10.0, plain=9.0) for size in (1000, 100_000) for way in ("exact", "graph")
    ]
    drawn = ET.fromstring(curve(points))  # noqa: S314 - our own

    assert len(drawn.findall(".//{*}polyline")) == 3
    assert {"exact", "graph", "pgvector", "100,000"} <= {one.text for one in drawn.findall(".//{*}text")}


@pytest.mark.slow
def test_a_small_run_goes_through(tmp_path: Path) -> None:
    rows = run_sizes([200], tenants=2, runs=3, svg=tmp_path / "curve.svg", indexing=False)

    assert [one.what for one in rows] == ["hybrid search of 200 passages (exact)", "one of 2 organizations of 100"]
    assert (tmp_path / "curve.svg").exists()
