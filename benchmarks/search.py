"""Search in a local store: a command from its start, and a call in a process that runs, against FTS5 by itself."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import numpy as np

from benchmarks.cli import installed, program
from benchmarks.measure import Row, pairs, peak_mb, row
from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.local import config, place
from contextfs.local.base.connection import Base
from contextfs.local.model import LocalMemory
from contextfs.local.search import due, making
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import Mode, Wanted
from contextfs.local.search.vectors import Vectors
from contextfs.local.store import LocalStore

MEMORIES = 10_000
SIZES = (10_000, 100_000)
COLD_RUNS, WARM_RUNS = 15, 60
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_PROJECT = config.ProjectNamed(id=UUID(int=1), name="bench")
_BATCH = 2000


class Quick:
    """Gives vectors at once, in the name of a model: what is measured is the search, not the model."""

    dimensions = 384

    def __init__(self, model: str = "quick") -> None:
        self.model = model
        self._random = np.random.default_rng(1)

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:
        """Give each text a vector of unit length."""
        made = self._random.normal(size=(len(texts), self.dimensions))
        return made / np.linalg.norm(made, axis=1)[:, None]


def run() -> list[Row]:
    """Measure commands, calls, and the memory of a command."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        rows = _cold(Path(folder))
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
            rows += _warm(Path(folder), size)
    return rows


def texts(count: int) -> Iterator[str]:
    """Make texts of 12 to 60 words, whose frequencies fall as those of a language do."""
    random = Random(1)  # noqa: S311 - repeatable
    words = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(3, 9))) for _ in range(20_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    for _ in range(count):
        yield " ".join(random.choices(words, weights, k=random.randint(12, 60))) + "."


def _queries() -> list[str]:
    """Take some words of some texts: rare and common ones, as they come."""
    return [" ".join(text.split()[2:7]) for text in texts(40)]


def filled(root: Path) -> None:
    """Fill a store of memories in a folder."""
    folder = root / ".contextfs"
    (folder / "memories").mkdir(parents=True)
    (folder / "config.toml").write_text(config.fresh(_PROJECT))
    with LocalStore.open(place.required(root), now=lambda: _NOW, entropy=Random(1).randbytes, actor=lambda: "a") as one:  # noqa: S311
        one.take_in(
            Revision(
                memory_id=UUID(int=number + 1),
                fields=Fields(type="fact", content=text, visibility="project"),
                author="user:a",
                clock=f"2026-01-01T00:00:00.{number // 100:03}Z-{number % 100:04x}",
            )
            for number, text in enumerate(texts(MEMORIES))
        )


def _cold(root: Path) -> list[Row]:
    filled(root)
    bare, ctx = installed(root / "installed")
    command, nothing = [ctx, "search", _queries()[0], "--mode", "lexical"], [bare, "-c", "pass"]
    what = f"ctx search, {MEMORIES:,} memories, words, from its start"
    times = pairs(program(command, root), program(nothing, root), runs=COLD_RUNS, warmup=3)
    memory = [peak_mb(command, root)], [peak_mb(nothing, root)]
    return [
        row(what, "python -c pass", times, goal="≤ 6"),
        row("memory of ctx search", "python -c pass", memory, goal="≤ 4", unit="MB"),
    ]


def _warm(folder: Path, size: int) -> list[Row]:
    """Compare calls with FTS5 alone on the same texts: its own stemmer, its own BM25, ten rows."""
    base = Base.open(folder)
    model = Quick()
    index = LocalIndex(
        base,
        folder,
        project=lambda: _PROJECT,
        embedder=lambda: model,
        me=lambda: "user:a",
        sharing=config.Sharing,
        entropy=os.urandom,
        now=lambda: _NOW,
    )
    plain = sqlite3.connect(folder / "plain.db")
    plain.execute("create virtual table plain using fts5 (body, tokenize = 'porter unicode61')")
    plain.executemany("insert into plain (body) values (?)", [(text,) for text in texts(size)])
    plain.commit()
    _fill(base, folder, model, size)
    rows: list[Row] = []
    kinds: list[tuple[Mode, str, str]] = [("lexical", "words", "≤ 2"), ("hybrid", "words and meaning", "≤ 5")]
    for mode, name, goal in kinds:
        ours, floor = _asking(index, mode), _asking_plain(plain)
        times = pairs(ours, floor, runs=WARM_RUNS, warmup=5)
        rows.append(row(f"search call, {size:,} passages, {name}", "FTS5 alone", times, goal=goal))
    base.close()
    plain.close()
    return rows


def _fill(base: Base, folder: Path, model: Quick, size: int) -> None:
    due.prepare(base)
    waiting: list[LocalMemory] = []
    for number, text in enumerate(texts(size)):
        waiting.append(_memory(number, text))
        if len(waiting) == _BATCH or number == size - 1:
            with base.transaction():
                for memory in waiting:
                    making.add(base, making.of_memory(memory, _PROJECT.name))
            waiting.clear()
    give_vectors(base, folder, model)


def give_vectors(base: Base, folder: Path, model: Quick) -> None:
    """Give a vector to every text of an index."""
    vectors = Vectors(base, folder, model.model, model.dimensions)
    vectors.begin()
    with base.transaction():
        hashes = [one for (one,) in base.each("select distinct hash from passages")]
        vectors.add(hashes, np.asarray(model.embed([""] * len(hashes)), np.float16))
        base.run("delete from unembedded")


def _memory(number: int, text: str) -> LocalMemory:
    at = _NOW - timedelta(minutes=number)
    return LocalMemory(
        id=UUID(int=number + 1), type="fact", title=None, content=text, tags=[], metadata={}, visibility="project",
        sensitivity=None, confidence=None, pinned=False, valid_from=None, valid_to=None, expires_at=None, provenance=[],
        anchors=[], author="user:a", conflicted=False, deleted=False, bodies=[], version="1", path="", created_at=at,
        updated_at=at,
    )  # fmt: skip


def _asking(index: LocalIndex, mode: Mode) -> Callable[[], object]:
    queries = _repeated()
    return lambda: index.search(Wanted(query=next(queries), mode=mode))


def _asking_plain(plain: sqlite3.Connection) -> Callable[[], object]:
    queries = _repeated()

    def ask() -> object:
        match = " OR ".join(f'"{word}"' for word in next(queries).strip(".").split())
        query = "select rowid, snippet(plain, 0, '', '', '', 30) from plain where plain match ? order by rank limit 10"
        return plain.execute(query, [match]).fetchall()

    return ask


def _repeated() -> Iterator[str]:
    while True:
        yield from _queries()
