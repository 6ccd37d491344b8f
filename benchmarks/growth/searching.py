"""Ask a filled database as the API does, and as one would ask pgvector alone; tell times and recall."""

import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks.growth.corpus import Corpus, tenant_id
from benchmarks.growth.filling import PASSWORDS, key_of, place_of

Question = dict[str, Any]
_OURS = """
select id, semantic from contextfs.find_passages(
    %(keys)s::integer [], %(places)s::integer [], %(vector)s::halfvec, 'bench', 80, null, null, %(types)s::text [],
    null, null, null, null, null, null, now(), null, null
)
"""
_PLAIN = """
select passage_id from contextfs.vectors where org_id = %(org)s and generation_id = %(org)s
order by {operand} <=> %(vector)s::halfvec(384) limit 10
"""
_FILTERED = """
select v.passage_id from contextfs.vectors as v
inner join contextfs.passages as p on p.org_id = v.org_id and p.id = v.passage_id
where v.org_id = %(org)s and v.generation_id = %(org)s
and (%(types)s::text [] is null or p.type = any(%(types)s::text []))
order by {operand} <=> %(vector)s::halfvec(384) limit 10
"""
_EXACT, _GRAPH = "{}embedding", "({}embedding::halfvec(384))"
SELECTIVE: dict[str, list[str] | None] = {"1 %": ["decision"], "10 %": ["decision", "fact"], "100 %": None}


@contextmanager
def asking(admin: str, org: UUID) -> Generator[psycopg.Connection[Any]]:
    """Give a connection as the API's role, inside of an organization's claims."""
    url = make_conninfo(admin, user="contextfs_app", password=PASSWORDS["contextfs_app"])
    with psycopg.connect(url) as connection:
        connection.execute("select contextfs.assume(%s, %s, null)", [org, org])
        yield connection
        connection.rollback()


def questions(corpus: Corpus, count: int, tenants: int = 1) -> list[Question]:
    """Make questions, each of another organization where there are many."""
    found: list[Question] = []
    for number, (vector, ranks) in enumerate(corpus.questions(count)):
        org = tenant_id(number * tenants // count)
        found.append(
            {
                "org": org,
                "keys": [key_of(org, int(rank)) for rank in ranks],
                "places": [place_of(int(rank)) for rank in ranks],
                "vector": f"[{','.join(f'{value:.5f}' for value in vector)}]",
                "types": None,
            }
        )
    return found


def times(admin: str, asked: Sequence[Question], *, by_graph: bool) -> tuple[list[float], list[float], str]:
    """Time ours and plain pgvector's top ten of the same rows, in turn, in milliseconds; tell our way.

    Plain pgvector compares all, or asks the graph, each as the owner would, past row-level security. What is told is
    the processor time of the server's process, where the system tells it: other work on the machine does not count.
    """
    plain = _PLAIN.format(operand=(_GRAPH if by_graph else _EXACT).format(""))
    ours: list[float] = []
    theirs: list[float] = []
    with psycopg.connect(admin, autocommit=True) as owner, asking(admin, asked[0]["org"]) as app:
        owner.execute("set max_parallel_workers_per_gather = 0")
        if by_graph:
            owner.execute("set enable_sort = off; set hnsw.ef_search = 100")
        for number, one in enumerate([*asked[:3], *asked]):
            app.execute("select contextfs.assume(%s, %s, null)", [one["org"], one["org"]])
            taken = _milliseconds(app, _OURS, one), _milliseconds(owner, plain, one)
            if number >= 3:  # the first ones warm up
                ours.append(taken[0])
                theirs.append(taken[1])
        way = app.execute("select current_setting('app.search_way')").fetchone()
    return ours, theirs, way[0] if way else "none"


def growth(small: str, asked_small: Sequence[Question], large: str, asked_large: Sequence[Question]) -> float:
    """Ask a small and a large database in turn, so that what else the machine does falls on both.

    Gives how many times as long the large one's median takes, in processor time of the servers' processes.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    sides = ((small, asked_small), (large, asked_large))
    with ExitStack() as stack:
        open_ones = [stack.enter_context(asking(admin, asked[0]["org"])) for admin, asked in sides]
        for pair in zip(asked_small, asked_large, strict=True):
            for one, connection, times_of in zip(pair, open_ones, taken, strict=True):
                times_of.append(_milliseconds(connection, _OURS, one))
    return float(np.median(taken[1]) / np.median(taken[0]))


def _milliseconds(connection: psycopg.Connection[Any], query: Any, one: Question) -> float:
    used = Path(f"/proc/{connection.info.backend_pid}/schedstat")
    is_told = used.exists()
    started = int(used.read_text().split()[0]) if is_told else time.perf_counter_ns()
    connection.execute(query, one).fetchall()
    ended = int(used.read_text().split()[0]) if is_told else time.perf_counter_ns()
    return (ended - started) / 1e6


def recalls(admin: str, asked: Sequence[Question], types: list[str] | None) -> dict[str, float]:
    """Give recall@10 against comparing all, at a filter: ours, and pgvector's graph as it is asked by default."""
    ours: list[float] = []
    plain: list[float] = []
    with psycopg.connect(admin, autocommit=True) as owner:
        for one in asked:
            wanted = one | {"types": types, "keys": [], "places": []}
            owner.execute("set enable_indexscan = off; set enable_sort = on")
            exact = {row[0] for row in owner.execute(_FILTERED.format(operand=_EXACT.format("v.")), wanted)}
            owner.execute("set enable_indexscan = on; set enable_sort = off")
            graph = {row[0] for row in owner.execute(_FILTERED.format(operand=_GRAPH.format("v.")), wanted)}
            with asking(admin, one["org"]) as app:
                rows = [row for row in app.execute(_OURS, wanted) if row[1] is not None]
            best = {row[0] for row in sorted(rows, key=lambda row: -row[1])[:10]}
            ours.append(len(best & exact) / len(exact))
            plain.append(len(graph & exact) / len(exact))
    return {"ours": float(np.mean(ours)), "plain": float(np.mean(plain))}
