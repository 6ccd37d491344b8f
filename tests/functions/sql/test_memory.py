"""How much memory of the server one query takes, seen from outside: much is not made of little."""
# ruff: noqa: S608 - attacks are made of parts

import resource
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest

from contextfs.adapters.database import memory
from contextfs.adapters.database.untrusted import UntrustedReader
from contextfs.kit.errors import Invalid
from contextfs.kit.ports import GenericQuery
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.sql.test_query import ask, remember, signed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory of another process is told by Linux alone")

MOST = 300_000_000
"""Bytes of its own that a backend may take: what it is held to, and what it has before it begins."""
_DOUBLED = ", ".join(f"a{at} as (select v || v as v from a{at - 1})" for at in range(1, 31))
_DOUBLING = f"with a0 as (select '{'x' * 40}' || n as v from generate_series(1, 1) n), {_DOUBLED}"
_BIG = _DOUBLING.partition(", a17 ")[0]
"""A text of a few megabytes, in `a16`."""
_LESS = _DOUBLING.partition(", a15 ")[0].replace("x" * 40, "x" * 39)
"""One of 650 kB, in `a14`."""
_KEPT = "select length(x.v1) from w x, w"


def _several(text: str, between: str = ", ") -> str:
    """Write a text 150 times, with its number in each place of `@`."""
    return between.join(text.replace("@", str(at)) for at in range(1, 151))


_RECURRING = (
    "with recursive r as (select 1 as n, 'x'::char(9) as v union select n + 1, n::char(999) from r)"
    " select count(*) from r"
)

BUILT = {
    "joined again and again": (f"{_DOUBLING} select length(v) from a30", "put together"),
    "in one list": (f"{_BIG} select cardinality(array[{', '.join(['v'] * 500)}]) from a16", "put together"),
    "in one JSON": (f"{_BIG} select length(jsonb_build_array({', '.join(['v'] * 99)})::text) from a16", "put together"),
    "texts gathered": ("select length(string_agg(md5(n::text), ',')) from generate_series(1, 20000000) n", "gathered"),
    "by a long separator": (
        f"select length(string_agg('a', '{'x' * 9000}')) from generate_series(1, 900000)",
        "gathered",
    ),
    "in order, each once": (
        "select length(string_agg(distinct n::text, ',' order by n::text)) from generate_series(1, 3000000) n",
        "gathered",
    ),
    "numbers gathered": ("select cardinality(array_agg(n)) from generate_series(1, 20000000) n", "gathered"),
    "JSON gathered": ("select jsonb_agg(n) is null from generate_series(1, 9000000) n", "gathered"),
    "an object gathered": ("select jsonb_object_agg(n, n) is null from generate_series(1, 9000000) n", "gathered"),
    "a list of rows": ("select cardinality(array(select n from generate_series(1, 20000000) n))", "gathered"),
    "in windows": (
        "select max(cardinality(a)) from (select array_agg(n) over () as a from generate_series(1, 9000000) n) t",
        "gathered",
    ),
    "rows that recur once each": (_RECURRING, "gathered"),
    "put in each place": (f"{_BIG} select length(replace(v, 'x', v)) from a16", "replaced"),
    "what a pattern finds, many times": (
        f"{_BIG} select length(regexp_replace(v, 'x', '{chr(92) + '&' * 30}', 'g')) from a16",
        "replaced",
    ),
    "between elements": (
        f"{_BIG} select length(array_to_string(array(select n from generate_series(1, 9000) n), v)) from a16",
        "between its elements",
    ),
    "in one row": (f"{_BIG} select count(({', '.join(['v'] * 150)})) from a16", "put together"),
    "in a row that is told": (f"{_LESS} select ({', '.join(['v'] * 150)}) as t from a14", "one row has more"),
    "a value for each number": (
        f"{_BIG} select cardinality(percentile_disc(array[{_several('0.@')}]) within group (order by v)) from a16",
        "put together",
    ),
    "copied in many places": (f"{_BIG} select {_several('length(left(v, -@))', ' + ')} from a16", "put together"),
    "by many aggregates": (f"{_BIG} select {_several('length(max(left(v, -@)))', ' + ')} from a16", "put together"),
    "in wide rows that are kept": (
        f"{_BIG}, w as materialized (select {_several('v as v@')} from a16) {_KEPT}",
        "put together",
    ),
    "in wide rows, each once": (
        f"{_BIG}, w as (select distinct {_several('v as v@')} from a16 order by v1) {_KEPT}",
        "put together",
    ),
    "a wide row": (f"{_BIG} select {', '.join(['v'] * 8)} from a16", "one row has more"),
}
"""How a query builds what is large, and by which bound it ends."""

KEPT = {
    "hashed to look in": (
        "select count(*) from memories where 7 not in (select n from generate_series(1, (select 12000000)) n)"
    ),
    "joined by one value": (
        "select count(*) from generate_series(1, 4000000) a join generate_series(1, 4) b on a % 1 = b % 1"
    ),
    "sorted in many places": " union all ".join(
        ["(select md5(n::text) from generate_series(1, 20000) n order by 1 limit 19999)"] * 60
    ),
}
"""What Postgres itself keeps."""

UNGUARDED = {
    "a gigabyte at once": "select length(repeat('x', 1000000000))",
    "gathered": "select cardinality(array_agg(t)) from (select repeat('x', 100000) t from generate_series(1, 90000)) x",
}


class Peak:
    """Looks all the time at how much memory of their own the backends of direct SQL have."""

    def __init__(self, rows: Rows) -> None:
        self.bytes = 0
        self._rows, self._over = rows, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            query = "select pid from pg_stat_activity where usename = 'contextfs_sql' and datname = current_database()"
            for row in self._rows.connection.execute(query).fetchall():
                self.bytes = max(self.bytes, own_bytes(row["pid"]))
            time.sleep(0.01)


def own_bytes(pid: int) -> int:
    """Read how much memory a process has that it shares with nobody; 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("RssAnon")), 0)


@pytest.fixture
def peak(rows: Rows) -> Iterator[Peak]:
    """Give what looks."""
    with Peak(rows) as looking:
        yield looking


@pytest.fixture
def ours(rows: Rows) -> None:
    """Skip where the kernel would not let us hold the server: it is elsewhere, or another user's."""
    try:
        resource.prlimit(rows.connection.info.backend_pid, resource.RLIMIT_DATA)
    except (PermissionError, ProcessLookupError) as error:
        pytest.skip(f"This server's processes are not ours to hold: {error.strerror}.")


def held_by_nothing(backend: int, role: str) -> bool:
    """Hold no backend, as where the server is elsewhere: the kernel would hide that a bound is missing."""
    return False


@pytest.mark.parametrize("how", BUILT)
def test_what_makes_much_of_little_is_bounded(
    how: str, tenant: Tenant, peak: Peak, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "hold", held_by_nothing)
    query, said = BUILT[how]

    reply = ask(tenant, query)

    detail = told(reply)["detail"]
    assert reply.status_code == 422
    assert said in detail or "took longer" in detail, detail
    assert 0 < peak.bytes < MOST


@pytest.mark.parametrize("how", KEPT)
def test_what_is_sorted_and_hashed_stays_within_what_a_backend_is_held_to(how: str, tenant: Tenant, peak: Peak) -> None:
    remember(tenant, "One.")

    reply = ask(tenant, KEPT[how])

    assert reply.status_code in {200, 422}, reply.text
    assert 0 < peak.bytes < MOST


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("how", UNGUARDED)
def test_the_kernel_holds_what_no_guard_read(how: str, tenant: Tenant, wiring: Wiring, peak: Peak) -> None:
    assert wiring.settings.sql_database_url is not None
    reader = UntrustedReader(wiring.settings.sql_database_url)

    with pytest.raises(Invalid, match=r"^This takes more memory or disk than a query may"):
        reader.read(
            UNGUARDED[how],
            GenericQuery(UNGUARDED[how]),
            sign=lambda backend: signed(wiring, tenant, backend),
            as_of=None,
            most_rows=10,
        )

    assert peak.bytes < MOST


def test_four_at_once_end_and_the_server_stays(tenant: Tenant, peak: Peak) -> None:
    with ThreadPoolExecutor(4) as pool:
        replies: list[Any] = list(pool.map(partial(ask, tenant), [query for query, _ in BUILT.values()][:4]))

    assert {reply.status_code for reply in replies} <= {422, 429, 503}
    assert ask(tenant, "select 1").json()["rows"] == [[1]]


def test_what_people_put_together_is_the_same_as_without_bounds(tenant: Tenant) -> None:
    for content in ("b", "a", "c"):
        remember(tenant, content, tags=["x", content])
    query = """
    select string_agg(distinct trim(content), ', ' order by trim(content)) as s,
        array_agg(content order by content desc),
        replace(min(content) || '-' || max(content), 'a', 'aa'), array_to_string(array[1, 2], ';'),
        regexp_replace('a1b2', '([0-9])', '<\\1>', 'g'), jsonb_agg(tags order by content) -> 0 ->> 0,
        concat_ws('/', 'x', null, count(*)), (array['p', 'q'] || array['r'])[3], to_char(date '2026-11-29', 'YYYY'),
        array(select n from generate_series(1, 3) n), '{"a": 1}'::jsonb -> 'a', row(1, 'x')::text,
        array(select distinct lower(m.content) from memories m order by lower(m.content)), array[2, (select 1)],
        (min(content), 1)::text, percentile_disc(array[0.5, 1]) within group (order by content),
        cardinality(array[]::text[]), (select jsonb_agg(t) from (select 1 as a) t)
    from memories
    """
    answer = ask(tenant, query).json()
    assert "rows" in answer, answer

    assert answer["rows"] == [
        [
            *(
                "a, b, c",
                ["c", "b", "a"],
                "aa-c",
                "1;2",
                "a<1>b<2>",
                "a",
                "x/3",
                "r",
                "2026",
                [1, 2, 3],
                1,
                "(1,x)",
                ["a", "b", "c"],
                [2, 1],
                "(a,1)",
                ["b", "c"],
                0,
                [{"a": 1}],
            ),
        ]
    ]
    assert answer["columns"][0]["name"] == "s"


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from memories where (type, content) in (('fact', 'a'), ('fact', 'b'))",
        "select count(*) from memories where (type, content) < ('fact', 'c')",
        "select count(*) from (select distinct on (type, content) content from memories order by type, content) m",
        "select count(*) from memories where type = 'fact' group by grouping sets ((type), ()) limit 1",
        "select count(*) from (select (type, content), count(*) from memories group by (type, content)) m",
    ],
)
def test_lists_of_columns_are_no_rows(query: str, tenant: Tenant) -> None:
    for content in ("a", "b"):
        remember(tenant, content, type="fact")

    assert ask(tenant, query).json()["rows"] == [[2]]


def test_many_small_copies_are_as_without_bounds(tenant: Tenant) -> None:
    remember(tenant, "One.", type="fact", title="First")
    names = ["type", "title", "content", "visibility", "sensitivity"]
    twice = ", ".join(f"{table}.{name}" for name in names for table in "ab")
    upper = ", ".join(f"upper({name}), lower({name})" for name in names)

    several = ask(tenant, f"select distinct {twice} from memories a, memories b order by a.type, b.content").json()
    each = ask(tenant, f"select {upper} from memories group by {', '.join(names)} order by upper(type)").json()

    assert several["rows"] == [["fact", "fact", "First", "First", "One.", "One.", *["project"] * 2, *[None] * 2]]
    assert [column["name"] for column in several["columns"]] == [name for name in names for _ in "ab"]
    assert each["rows"][0][:6] == ["FACT", "fact", "FIRST", "first", "ONE.", "one."]
