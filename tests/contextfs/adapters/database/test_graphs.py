"""Graphs are made for large generations alone, and search by them finds what comparing all finds."""

from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
import pytest

from contextfs.adapters.database import graphs
from contextfs.adapters.database.graphs import are_due, keep_graphs, name_of
from contextfs.kit.errors import Unavailable
from tests.conftest import as_role
from tests.contextfs.adapters.database.tenancy import Connection, Ids, assume, settle_tenant

NUMBER = 11_000
_PASSAGES = """
insert into contextfs.passages (
    org_id, project_id, id, author_id, visibility, occurred_at, source, source_id, memory_id, type, trust, ordinal,
    starts, ends, terms, weights, context, body
)
select %(org)s, %(project)s, gen_random_uuid(), %(user)s, case when n %% 10 = 0 then 'private' else 'project' end,
    now(), 'memory', %(memory)s, %(memory)s, case when n %% 100 = 0 then 'decision' else 'fact' end, 1, n, 0, 1,
    array[n], format('{%%s:1.5}/1000000000', n)::sparsevec, '', 'x'
from generate_series(1, %(number)s) as n
"""
_VECTORS = """
update contextfs.vectors as v
set embedding = (
    select array_agg(sin(p.ordinal * d * d * 0.7311) order by d)::vector::halfvec from generate_series(1, 16) as d
)
from contextfs.passages as p
where v.org_id = %(org)s and p.org_id = v.org_id and p.id = v.passage_id
"""
_FIND = """
select id from contextfs.find_passages(
    '{}', '{}', (select embedding from contextfs.vectors where org_id = %(org)s and embedding is not null
        order by passage_id offset %(place)s limit 1),
    'm', 20, null, null, %(types)s::text [], null, null, null, null, null, null, now(), null, null
)
where semantic is not null order by semantic desc, id limit 10
"""


@pytest.fixture(scope="module")
def large(new_schema: Callable[[], str]) -> tuple[str, Ids, Ids]:
    """Give the address of a database with a large tenant and a small one."""
    url = new_schema()
    ids, small = (settle_tenant(url) for _ in range(2))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("update contextfs.generations set dimensions = 16")
        for one, number in ((ids, NUMBER), (small, 50)):
            values = {"org": one.org, "project": one.project, "user": one.colleague, "memory": one.shared_memory}
            connection.execute("delete from contextfs.passages where org_id = %s", [one.org])
            connection.execute(_PASSAGES, values | {"number": number})
            connection.execute(_VECTORS, values)
        connection.execute("vacuum analyze contextfs.passages, contextfs.vectors")
    return url, ids, small


def names(connection: Connection) -> list[str]:
    query = "select relname from pg_class where relname like 'vectors\\_graph\\_%' order by 1"
    return [name for (name,) in connection.execute(query).fetchall()]


def generation(connection: Connection, ids: Ids) -> UUID:
    row = connection.execute("select id from contextfs.generations where org_id = %s", [ids.org]).fetchone()
    assert row is not None
    return row[0]


def found(url: str, ids: Ids, place: int, user: UUID, types: list[str] | None = None) -> tuple[list[UUID], str]:
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        assume(connection, ids.org, ids.colleague)
        connection.execute("select 1")
        vector = {"org": ids.org, "place": place, "types": types}
        assume(connection, ids.org, user)
        rows = connection.execute(_FIND, vector).fetchall()
        way = connection.execute("select current_setting('app.search_way')").fetchone()
        connection.rollback()
    assert way is not None
    return [one for (one,) in rows], way[0]


def test_a_large_generation_gets_a_graph_a_small_one_none_and_both_are_found(large: tuple[str, Ids, Ids]) -> None:
    url, ids, small = large
    places = range(0, 9000, 900)
    exact = [found(url, ids, place, ids.colleague) for place in places]
    due = are_due(url)
    done = keep_graphs(url)
    by_graph = [found(url, ids, place, ids.colleague) for place in places]
    with psycopg.connect(url) as connection:
        there, mine = names(connection), generation(connection, ids)

    shared = sum(len(set(one) & set(other)) for (one, _), (other, _) in zip(exact, by_graph, strict=True))

    assert (due, are_due(url)) == (True, False)
    assert done == [f"made {mine}"]
    assert there == [name_of(mine)]
    assert {way for _, way in exact} == {"exact"}
    assert {way for _, way in by_graph} == {"graph"}
    assert found(url, small, 0, small.colleague)[1] == "exact"
    assert shared / (10 * len(places)) >= 0.9
    assert keep_graphs(url) == []


def test_by_the_graph_nobody_finds_what_is_private_to_others(large: tuple[str, Ids, Ids]) -> None:
    url, ids, _ = large
    keep_graphs(url)
    hits = {one for place in range(0, 9000, 500) for one in found(url, ids, place, ids.user)[0]}
    with psycopg.connect(url) as connection:
        query = "select count(*) from contextfs.passages where id = any(%s) and visibility = 'private'"
        private = connection.execute(query, [list(hits)]).fetchone()

    assert hits
    assert private == (0,)


def test_filters_that_let_few_pass_are_answered_exactly(large: tuple[str, Ids, Ids]) -> None:
    url, ids, _ = large
    keep_graphs(url)

    hits, way = found(url, ids, 100, ids.colleague, ["decision"])

    assert (len(hits), way) == (10, "exact")


def test_what_nobody_asks_any_more_is_dropped_and_a_build_that_was_cut_off_is_begun_anew(
    large: tuple[str, Ids, Ids],
) -> None:
    url, ids, _ = large
    keep_graphs(url)
    with psycopg.connect(url, autocommit=True) as connection:
        mine, gone = generation(connection, ids), uuid4()
        connection.execute(f"create index {name_of(gone)} on contextfs.vectors (org_id) where false")  # pyright: ignore[reportArgumentType, reportCallIssue]
        connection.execute(
            "update pg_index set indisvalid = false where indexrelid = %s::regclass", [f"contextfs.{name_of(mine)}"]
        )
        done = keep_graphs(url)
        there = names(connection)

    assert sorted(done) == sorted([f"dropped {gone}", f"dropped {mine}", f"made {mine}"])
    assert there == [name_of(mine)]


def test_two_do_not_make_graphs_at_once(large: tuple[str, Ids, Ids]) -> None:
    url, *_ = large
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [graphs.LOCK])
        with pytest.raises(Unavailable, match="Somebody else"):
            keep_graphs(url)


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(Unavailable, match="could not be made"):
        keep_graphs("host=127.0.0.1 port=9 dbname=none")
