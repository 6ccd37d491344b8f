"""Each ingredient has a row that says what it is worth, and what was changed for it is changed back."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.retrieval.ablations import Change, ablations, packings, rankings
from benchmarks.retrieval.data import Conversation, load, sample
from benchmarks.retrieval.vectors import Floats, Vectors
from contextfs.domain.context import pack
from contextfs.domain.search.fusion import DEFAULT


class Blind(Vectors):
    """An embedder to whom all texts are alike."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give everybody the same vector."""
        return np.full((len(texts), self.dimensions), self.dimensions**-0.5, np.float32)


@pytest.fixture
def data(tmp_path: Path) -> dict[str, list[Conversation]]:
    file = tmp_path / "data.json"
    file.write_bytes(sample())
    return load(file)


def test_every_ingredient_has_a_row(data: dict[str, list[Conversation]], tmp_path: Path) -> None:
    told = ablations(data, Blind(tmp_path / "none", tmp_path / "cache.db"))

    assert "| all | 1.000 |" in told
    assert "| no walk | 1.000 |" in told
    assert all(f"| {name} |" in told for name in (*rankings(), *packings()))
    assert all(f"| without {term} |" in told for terms in DEFAULT.said.values() for term in terms)


def test_what_a_conversation_never_had_is_told_of_as_nothing(
    data: dict[str, list[Conversation]], tmp_path: Path
) -> None:
    variant = rankings()["without opens"]

    assert variant.recall(data["invented"], Blind(tmp_path / "none", tmp_path / "cache.db")) is None


def test_without_the_speaker_it_is_another_who_is_found(data: dict[str, list[Conversation]], tmp_path: Path) -> None:
    first: list[str] = []
    for name in ("all", "without named"):
        ranking = rankings()[name].make(Blind(tmp_path / "none", tmp_path / "cache.db"))
        ranking.load(data["invented"][0])
        first += ranking.search("What did Ben do at qwerty?", 1)

    assert ["3", "1"] == first


def test_a_change_is_undone_though_something_fails() -> None:
    before = pack.THRIFT

    with pytest.raises(ZeroDivisionError), Change(pack, {"THRIFT": 0.0}).made():
        raise ZeroDivisionError

    assert before == pack.THRIFT
