"""Measure each size in a database of its own: one large organization, a thousand small ones, and indexing."""

import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.growth.corpus import Corpus
from benchmarks.growth.curve import Point, curve
from benchmarks.growth.filling import filled
from benchmarks.growth.indexing import throughput
from benchmarks.growth.searching import SELECTIVE, Question, growth, questions, recalls, times
from benchmarks.measure import Row, row
from benchmarks.retrieval.measures import percentile
from contextfs.adapters.database.graphs import LARGE, keep_graphs
from contextfs.adapters.database.lexicons import keep_lexicons

USUAL = (1_000, 10_000, 100_000)
_TENANTS = 1000
_EACH = 1000
"""Passages of a small organization."""


def run_sizes(
    sizes: Sequence[int],
    *,
    tenants: int = _TENANTS,
    runs: int = 40,
    svg: Path | None = None,
    indexing: bool = True,
) -> list[Row]:
    """Measure all, smallest first; notes go to standard error."""
    rows: list[Row] = []
    points: list[Point] = []
    smallest, *larger = sorted(sizes)
    with _filled(smallest, runs) as least:
        rows += _large(least, points)
        for size in larger:
            with _filled(size, runs) as one:
                rows += _large(one, points)
                grown = growth(least.admin, least.asked, one.admin, one.asked)
                _note(f"p50 from {smallest:,} to {size:,} passages grows {grown:.1f} times (goal ≤ 6 to a million)")
    if tenants:
        with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
            rows += _small(Path(folder), min(max(sizes) // tenants, _EACH) or 1, tenants, runs, points)
    if indexing:
        rows += throughput()
    if svg:
        svg.write_text(curve(points), "utf-8")
    return rows


class _Filled(NamedTuple):
    """A database with one organization of a size, and what it is asked."""

    size: int
    admin: str
    asked: list[Question]


@contextmanager
def _filled(size: int, runs: int) -> Generator[_Filled]:
    corpus = Corpus(size)
    asked = questions(corpus, runs)
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder, filled(Path(folder), corpus, 1) as admin:
        started = time.monotonic()
        keep_lexicons(admin)
        _note(f"{size:,}: counting words took {time.monotonic() - started:.1f} s")
        yield _Filled(size, admin, asked)


def _large(one: _Filled, points: list[Point]) -> list[Row]:
    """One organization of this size: by comparing all, and by its graph where it is large enough for one."""
    size, admin, asked = one
    rows: list[Row] = []
    if size <= 10 * LARGE:
        rows.append(_row(size, times(admin, asked, by_graph=False), points, floor="pgvector, all compared"))
    if size > LARGE:
        started = time.monotonic()
        keep_graphs(admin, memory="2GB")
        _note(f"{size:,}: the graph took {time.monotonic() - started:.0f} s")
        rows.append(_row(size, times(admin, asked, by_graph=True), points, floor="pgvector, graph"))
        for share, types in SELECTIVE.items():
            found = recalls(admin, asked[: 20 if size <= 10 * LARGE else 5], types)
            _note(f"{size:,}: recall@10 of {share}: ours {found['ours']:.3f}, plain graph {found['plain']:.3f}")
    return rows


def _small(folder: Path, each: int, tenants: int, runs: int, points: list[Point]) -> list[Row]:
    """Many small organizations in one database."""
    corpus = Corpus(each * tenants)
    with filled(folder, corpus, tenants) as admin:
        measured = times(admin, questions(corpus, runs, tenants), by_graph=False)
    what = f"one of {tenants:,} organizations of {each:,}"
    return [_row(each * tenants, measured, points, floor="pgvector, all of it compared", what=what)]


def _row(
    size: int,
    measured: tuple[list[float], list[float], str],
    points: list[Point],
    *,
    floor: str,
    what: str | None = None,
) -> Row:
    ours, plain, way = measured
    middle, late = percentile(ours, 0.5), percentile(ours, 0.95)
    points.append(Point(size=size, series="many small" if what else way, ours=middle, plain=percentile(plain, 0.5)))
    name = what or f"hybrid search of {size:,} passages ({way})"
    _note(f"{name}: p50 {middle:.1f} ms, p95 {late / middle:.1f} times that (goal ≤ 3)")
    return row(name, floor, (ours, plain), goal="≤ 2")


def _note(text: str) -> None:
    sys.stderr.write(f"{text}\n")
