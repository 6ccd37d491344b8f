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
    read = load(file)
    return {name: [*found, *found] for name, found in read.items()}


def test_every_ingredient_has_a_row(data: dict[str, list[Conversation]], tmp_path: Path) -> None:
    told = "".join(ablations(data, Blind(tmp_path / "none", tmp_path / "cache.db")))

    assert "| all | 1.000 |" in told
    assert "| no walk | 1.000 |" in told
    assert all(f"| {name} |" in told for name in (*rankings(), *packings()))
    assert all(f"| without {term} |" in told for term in DEFAULT.said["dialogue"])


def test_held_out_data_have_no_rows(data: dict[str, list[Conversation]], tmp_path: Path) -> None:
    held_out = {f"{name}-held-out": found for name, found in data.items()}

    assert [] == list(ablations(held_out, Blind(tmp_path / "none", tmp_path / "cache.db")))


def test_terms_have_rows_where_two_conversations_can_judge_each_other(
    data: dict[str, list[Conversation]], tmp_path: Path
) -> None:
    [one, _] = data["invented"]

    first = next(ablations({"invented": [one]}, Blind(tmp_path / "none", tmp_path / "cache.db")))

    assert "| without exact |" in first
    assert "| without timed |" not in first


def test_one_who_looks_for_names_finds_who_is_called_by_them(
    data: dict[str, list[Conversation]], tmp_path: Path
) -> None:
    first: list[str] = []
    for name in ("all", "names of speakers looked for"):
        ranking = rankings()[name](Blind(tmp_path / "none", tmp_path / "cache.db"))
        ranking.load(data["invented"][0])
        first.append(" ".join(ranking.asked("What dog does Ben have?").words))

    assert ["dog", "dog ben"] == first


def test_a_change_is_undone_though_something_fails() -> None:
    before = pack.THRIFT

    with pytest.raises(ZeroDivisionError), Change(pack, {"THRIFT": 0.0}).made():
        raise ZeroDivisionError

    assert before == pack.THRIFT
