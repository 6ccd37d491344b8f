"""How search grows: one call of the store against plain pgvector's top 10 on the same rows, row-level security on.

`python -m benchmarks.retrieval.scale --passages 1000,10000,100000`. Rows are invented: 384 random dimensions, words as
unequally common as words are, sessions of 50 messages. Times of both are taken in turn, in one run.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks.measure import pairs, row, table
from benchmarks.retrieval.measures import percentile
from contextfs.adapters.database import embedded
from contextfs.adapters.database.migrate import migrate
from contextfs.domain.search.tokens import dimension, term_key
from contextfs.journeys.enter.organization import Founding, found, plan
from contextfs.kit.settings import Settings
from contextfs.runtime.wiring import Wiring

WORDS = 20_000
COMMON = 30
"""Words more common than the one of this rank are stop words: nobody searches for them."""
_PASSWORDS = {"contextfs_app": "app", "contextfs_relay": "relay"}
_SESSIONS = """
insert into contextfs.sessions (
    org_id, project_id, id, tool, status, visibility, created_by, started_at, created_at, updated_at
)
select %(org)s, %(project)s, md5(%(org)s::text || s)::uuid, 'bench', 'open', 'project', %(user)s, now(), now(), now()
from generate_series(0, (%(number)s - 1) / 50) as s
"""
# A word of rank r is drawn with a chance of about 1 / r: the power of a uniform number.
_PASSAGES = """
insert into contextfs.passages (
    org_id, project_id, id, author_id, visibility, occurred_at, source, source_id, session_id, type, role, trust,
    ordinal, place, starts, ends, terms, weights, embedding, embedding_model, context, body
)
select %(org)s, %(project)s, gen_random_uuid(), %(user)s, 'project', now(), 'message', gen_random_uuid(),
    md5(%(org)s::text || (n - 1) / 50)::uuid, 'message', 'user', 0.8, 0, (n - 1) %% 50, 0, 1, said.terms,
    ('{' || said.weights || '}/1000000000')::sparsevec,
    (select array_agg(random() - 0.5 + n * 0 + d * 0)::vector::halfvec from generate_series(1, 384) as d),
    'bench', '', repeat('word ', 60)
from generate_series(1, %(number)s) as n
cross join lateral (
    select array_agg(w.key order by w.key) as terms,
        string_agg(w.dimension || ':1.1', ',' order by w.dimension) as weights
    from (
        select distinct (%(keys)s::integer [])[r.rank] as key, (%(dimensions)s::integer [])[r.rank] as dimension
        from (select 1 + floor(power(%(words)s::float, random() + n * 0))::integer %% %(words)s as rank
            from generate_series(1, 30)) as r
    ) as w
) as said
"""
_OURS = """
select * from contextfs.find_passages(
    %(keys)s::integer [], %(dimensions)s::integer [], %(vector)s::halfvec, 'bench', 80, null, null, null, null, null,
    null, null, null, null, now()
)
"""
_PLAIN = """
select id from contextfs.passages order by embedding <=> %(vector)s::halfvec limit 10
"""


def main(arguments: list[str]) -> int:
    """Print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval.scale", description=__doc__)
    parser.add_argument("--passages", default="1000,10000,100000", help="how many, for one tenant")
    parser.add_argument("--runs", type=int, default=30)
    asked = parser.parse_args(arguments)
    rows: list[Any] = []
    for number in map(int, asked.passages.split(",")):
        with _filled(number) as (connection, founding):
            ours, plain = _times(connection, founding, asked.runs)
        rows.append(row(f"search of {number:,} passages", "pgvector top 10", (ours, plain), goal="≤ 2"))
        print(f"{number:,}: p95 is {percentile(ours, 0.95) / percentile(ours, 0.5):.2f} times p50 (goal ≤ 3)")
    print(table(rows))
    return 0


@contextmanager
def _filled(number: int) -> Generator[tuple[psycopg.Connection[Any], Founding]]:
    """Give a connection as the API's role, inside of its claims, to a database with this many passages."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        data = Path(folder) / "data"
        admin = embedded.start(data).dsn()
        try:
            founding = _founded(admin)
            with psycopg.connect(admin, autocommit=True) as owner:
                values = _words(founding.org_id) | {
                    "org": founding.org_id,
                    "project": founding.project_id,
                    "user": founding.user_id,
                    "number": number,
                    "words": WORDS,
                }
                owner.execute(_SESSIONS, values)
                owner.execute(_PASSAGES, values)
                owner.execute("vacuum analyze contextfs.passages")
            with psycopg.connect(make_conninfo(admin, user="contextfs_app", password="app")) as connection:  # noqa: S106 - a throwaway database
                _claim(connection, founding)
                yield connection, founding
        finally:
            embedded.stop(data)


def _founded(admin: str) -> Founding:
    migrate(admin, passwords=_PASSWORDS)
    app = make_conninfo(admin, user="contextfs_app", password=_PASSWORDS["contextfs_app"])
    wired = Wiring(Settings(database_url=app, key_pepper="p" * 32, redaction_key="r" * 32))
    founding = plan(organization="O", email="o@o", project="p", now=wired.clock(), entropy=os.urandom)
    found(wired.services, founding, wired.clock())
    wired.close()
    return founding


def _claim(connection: psycopg.Connection[Any], founding: Founding) -> None:
    for name, value in (("org_id", founding.org_id), ("user_id", founding.user_id), ("all_projects", "on")):
        connection.execute("select set_config(%s, %s, true)", (f"app.{name}", str(value)))


def _words(org: UUID) -> dict[str, list[int]]:
    words = [f"word{number}" for number in range(WORDS + 1)]
    return {"keys": [term_key(org, word) for word in words], "dimensions": [dimension(word) for word in words]}


def _times(connection: psycopg.Connection[Any], founding: Founding, runs: int) -> tuple[list[float], list[float]]:
    rng = random.Random(7)  # noqa: S311 - the same questions in each run

    def question() -> dict[str, Any]:
        words = [f"word{int(COMMON * (WORDS / COMMON) ** rng.random())}" for _ in range(8)]
        vector = ",".join(f"{rng.random() - 0.5:.4f}" for _ in range(384))
        return {
            "keys": [term_key(founding.org_id, word) for word in words],
            "dimensions": [dimension(word) for word in words],
            "vector": f"[{vector}]",
        }

    return pairs(
        lambda: connection.execute(_OURS, question()).fetchall(),
        lambda: connection.execute(_PLAIN, question()).fetchall(),
        runs=runs,
        warmup=3,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
