"""The ranking over passages in memory finds what was said, with any embedder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.retrieval.data import load, sample
from benchmarks.retrieval.systems.pure import Pure
from benchmarks.retrieval.vectors import Floats, Vectors


class Blind(Vectors):
    """An embedder to whom all texts are alike."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give everybody the same vector."""
        return np.full((len(texts), self.dimensions), self.dimensions**-0.5, np.float32)


@pytest.fixture
def pure(tmp_path: Path) -> Pure:
    data = tmp_path / "data.json"
    data.write_bytes(sample())
    system = Pure(Blind(tmp_path / "none", tmp_path / "cache.db"))
    system.load(load(data)["invented"][0])
    return system


@pytest.mark.parametrize(
    ("question", "first"),
    [("Where did Ana move?", "1"), ("What is Ben's dog called?", "3"), ("What was said in June 2023?", "3")],
)
def test_words_speakers_and_dates_decide(pure: Pure, question: str, first: str) -> None:
    assert first == pure.search(question, 3)[0]


def test_a_question_without_a_word_in_common_is_answered(pure: Pure) -> None:
    assert {"1", "2", "3"} == set(pure.search("qwerty?", 10))
