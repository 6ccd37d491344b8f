"""The vectors are a cache beside the database: only appended to, given up when damaged, moved when few are needed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from contextfs.kit.errors import Unavailable
from contextfs.local.model import MemoryQuery
from contextfs.local.search import embedder
from contextfs.local.search import vectors as vectors_module
from contextfs.local.search.embedding import waiting
from contextfs.local.search.matrix import Damaged, Matrix, append
from contextfs.local.search.model import Wanted
from contextfs.local.search.reindexing import finish, reindex
from contextfs.local.search.vectors import Vectors
from contextfs.local.sync.alone import SEARCH, alone
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import found, opened, said
from tests.functions.letters import Letters

WORDS = ("alpha", "beta", "gamma", "delta")


class Counting(Letters):
    """Tells how many texts it was given."""

    def __init__(self, model: str = "letters") -> None:
        self.model = model
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Give each text its vector, in one corner so that all are somewhat alike, and remember the text."""
        self.texts += texts
        return [[abs(number) for number in one] for one in super().embed(texts)]


def rows(count: int, seed: int = 1) -> "np.ndarray[tuple[int, int], np.dtype[np.float16]]":
    made = np.random.default_rng(seed).normal(size=(count, 384))
    return (made / np.linalg.norm(made, axis=1)[:, None]).astype(np.float16)


def file_of(machine: Machine) -> Path:
    [file] = (machine.root / ".contextfs/local").glob("vectors-*.f16")
    return file


def filled(machine: Machine) -> Counting:
    """Give a machine four memories with vectors, and the embedder that made them."""
    for word in WORDS:
        machine.add(f"The word is {word}.")
    counting = Counting()
    with opened(machine, counting) as index:
        finish(index)
    return counting


def test_scores_are_those_of_plain_arithmetic(tmp_path: Path) -> None:
    made = rows(1300)
    append(tmp_path / "v", 0, made[:700])
    append(tmp_path / "v", 700, made[700:])
    query = made[777].astype(np.float32)

    scores = Matrix.open(tmp_path / "v", 1300, 384).scores(query)

    np.testing.assert_allclose(scores, made.astype(np.float32) @ query, atol=1e-6)
    assert int(scores.argmax()) == 777


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    made = rows(3)
    append(tmp_path / "v", 0, made[:1])
    with (tmp_path / "v").open("ab") as file:
        file.write(b"torn" * 100)

    crcs = append(tmp_path / "v", 1, made[1:])
    matrix = Matrix.open(tmp_path / "v", 3, 384)

    matrix.check([(1, crcs[0]), (2, crcs[1])])
    assert np.array_equal(matrix.taken([0, 1, 2]), made)


@pytest.mark.parametrize("how", ["missing", "short", "another kind", "other numbers"])
def test_a_file_that_is_not_what_it_should_be_is_refused(how: str, tmp_path: Path) -> None:
    file = tmp_path / "v"
    append(file, 0, rows(2))
    if how == "missing":
        file.unlink()
    elif how == "short":
        file.write_bytes(file.read_bytes()[:-1])
    elif how == "another kind":
        file.write_bytes(b"%PDF-1.7" + file.read_bytes()[8:])

    with pytest.raises(Damaged):
        Matrix.open(file, 2, 8 if how == "other numbers" else 384)


def test_a_text_is_embedded_once_however_often_it_is_said(machine: Machine) -> None:
    letters = filled(machine)
    with machine.open() as store:
        memory = store.find(next(iter(machine.files()))[-15:-3])
        first = store.get(memory)
        store.remove(memory)
    with opened(machine, letters) as index:
        finish(index)
        reindex(index)
        left = waiting(index.base)
    machine.add(first.content)

    told = found(machine, first.content, letters)

    assert (4, [], 0) == (len(told.hits), told.degraded, left)
    assert 4 == len([text for text in letters.texts if "\n" in text])


@pytest.mark.parametrize("damage", ["gone", "cut", "header", "bits"])
def test_damaged_vectors_cost_the_meaning_once_and_are_made_anew(damage: str, machine: Machine) -> None:
    letters = filled(machine)
    file, content = file_of(machine), file_of(machine).read_bytes()
    broken = {"cut": content[:-100], "header": b"x" + content[1:], "bits": content[:70] + b"\x7f\x7f" + content[72:]}
    file.unlink()
    if damage != "gone":
        file.write_bytes(broken[damage])

    first = found(machine, "alpha beta gamma delta", letters)
    second = found(machine, "alpha beta gamma delta", letters)

    assert ([4, 4], []) == ([len(first.hits), len(second.hits)], second.degraded)
    assert ["semantic: the vectors were damaged or gone"] == [one.partition(";")[0] for one in first.degraded]
    assert file_of(machine).name != file.name


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_a_store_that_can_only_be_read_is_searched_by_words_where_vectors_are_damaged(
    damage: str, machine: Machine
) -> None:
    letters = filled(machine)
    file = file_of(machine)
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-100])
    before = sorted((one.name, one.stat().st_size) for one in (machine.root / ".contextfs/local").iterdir())

    with opened(machine, letters, is_read_only=True) as index:
        told = index.search(Wanted(query="alpha"))

    gone = "semantic: the vectors are damaged or gone, and words alone are compared; "
    assert (1, [f"{gone}`ctx reindex` makes them where this store can be written"]) == (len(told.hits), told.degraded)
    assert before == sorted((one.name, one.stat().st_size) for one in (machine.root / ".contextfs/local").iterdir())


def test_what_waits_in_a_store_that_can_only_be_read_is_not_said_to_be_made(machine: Machine) -> None:
    found(machine, "alpha")
    machine.add("The word is alpha.")
    found(machine, "alpha")

    with opened(machine, Counting(), is_read_only=True) as index:
        told = index.search(Wanted(query="alpha"))

    [lacking] = told.degraded
    assert lacking.partition("; ")[2] == "`ctx reindex` makes them where this store can be written"


def test_an_index_that_is_damaged_and_can_only_be_read_is_said_to_be(machine: Machine) -> None:
    machine.add("The word is alpha.")
    with opened(machine) as index:
        index.search(Wanted(query="alpha"))
        index.base.run("drop table passages")
    with (
        opened(machine, is_read_only=True) as index,
        pytest.raises(Unavailable, match="run `ctx reindex` where it can be written"),
    ):
        index.search(Wanted(query="alpha"))


def test_another_model_has_vectors_of_its_own(machine: Machine) -> None:
    filled(machine)
    other = Counting("others")

    told = found(machine, "alpha", other, mode="semantic")
    with opened(machine, other) as index:
        lacking = index.base.one("select count(*) as n from vectors where model = 'letters'")

    assert (4, [], {"n": 4}) == (len(told.hits), told.degraded, lacking)
    assert 5 == len(other.texts)


def test_what_waits_is_said_and_a_search_embeds_no_longer_than_a_moment(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for word in WORDS:
        machine.add(f"The word is {word}.")
    monkeypatch.setattr("contextfs.local.search.index.SLICE_SECONDS", 0.0)

    told = found(machine, "alpha", Counting())

    lacking = "semantic: 4 passages have no vector yet, and words alone find them; `ctx reindex` makes them now"
    assert [lacking] == told.degraded
    assert ["The word is alpha."] == [hit.snippet for hit in told.hits]


def test_a_search_leaves_the_vectors_to_the_process_that_makes_them(machine: Machine) -> None:
    for word in WORDS:
        machine.add(f"The word is {word}.")
    letters = Counting()
    with alone(machine.root / ".contextfs/local", SEARCH):
        told = found(machine, "alpha", letters)

    assert ["alpha"] == letters.texts
    assert [
        "semantic: 4 passages have no vector yet, and words alone find them; they are being made in the background"
    ] == told.degraded
    assert ["The word is alpha."] == [hit.snippet for hit in told.hits]


def test_unneeded_rows_are_left_behind_when_they_are_most(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "_FEW", 1)
    letters = filled(machine)
    before = file_of(machine)
    with machine.open() as store:
        for path in list(machine.files())[:3]:
            store.remove(store.find(path[-15:-3]))
        [kept] = store.page(MemoryQuery())
    with opened(machine, letters) as index:
        finish(index)
        count = Vectors(index.base, index.folder, "letters", 384).count()

    assert 1 == count
    assert before != file_of(machine)
    assert [kept.content] == said(machine, "anything", letters, mode="semantic")


def test_a_reader_that_meets_a_moved_file_looks_again(machine: Machine) -> None:
    letters = filled(machine)
    with opened(machine, letters) as index:
        store = Vectors(index.base, index.folder, "letters", 384)
        with index.base.transaction():
            matrix, live = store.opened(), store.live()
            index.base.run("delete from vectors")
            index.base.run("delete from matrices")
            assert matrix is not None
            store.add([one.hash for one in live], matrix.taken([one.row for one in live]))
        store.sweep()
        matrix.check([(one.row, one.crc) for one in live])

    assert [] == found(machine, "alpha", letters, mode="semantic").degraded


def test_without_a_model_words_alone_are_compared_and_it_is_said(machine: Machine, tmp_path: Path) -> None:
    machine.add("The word is alpha.")
    with opened(machine) as index:
        index.embedder = lambda: embedder.local(tmp_path / "none")
        told = index.search(Wanted(query="alpha", mode="semantic"))

    assert ["semantic: no embedding model is installed, so words alone were compared"] == told.degraded
    assert 1 == len(told.hits)


def test_a_model_that_is_switched_off_is_missed_only_where_it_is_asked_for(machine: Machine) -> None:
    machine.add("The word is alpha.")

    assert ([], 1) == (found(machine, "alpha").degraded, len(found(machine, "alpha").hits))
    assert [embedder.OFF] == found(machine, "alpha", mode="semantic").degraded


def test_a_search_that_has_its_vectors_made_elsewhere_says_so(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for word in WORDS:
        machine.add(f"The word is {word}.")
    monkeypatch.setattr("contextfs.local.search.index.SLICE_SECONDS", 0.0)
    begun: list[str] = []

    def later() -> bool:
        begun.append("once")
        return True

    with opened(machine, Counting(), later=later) as index:
        told = index.search(Wanted(query="alpha"))
        finish(index)
        whole = index.search(Wanted(query="alpha"))

    assert told.degraded[0].endswith("they are being made in the background")
    assert (["once"], []) == (begun, whole.degraded)
