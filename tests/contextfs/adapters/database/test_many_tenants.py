"""Where many small tenants share the tables, a search reads its own few rows, and each of them about once."""

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest

from tests.conftest import as_role
from tests.contextfs.adapters.database.tenancy import AT, assume

TENANTS, EACH = 100, 100
_FILL = (
    """
    insert into contextfs.organizations (org_id, name, created_at, updated_at)
    select md5(t::text)::uuid, 'o', %(at)s, %(at)s from generate_series(1, %(tenants)s) as t
    """,
    """
    insert into contextfs.projects (org_id, id, name, created_by, created_at, updated_at)
    select org_id, org_id, 'p', org_id, %(at)s, %(at)s from contextfs.organizations
    """,
    """
    insert into contextfs.generations (org_id, id, model, dimensions, state, started_at, served_at)
    select org_id, org_id, 'm', 16, 'serving', %(at)s, %(at)s from contextfs.organizations
    """,
    """
    insert into contextfs.memories (
        org_id, project_id, id, type, content, visibility, author_id, author_kind, heads, version, fingerprint,
        created_at, updated_at
    )
    select org_id, org_id, org_id, 'fact', 'x', 'project', org_id, 'human', '{r}', 'v', 'f', %(at)s, %(at)s
    from contextfs.organizations
    """,
    """
    insert into contextfs.passages (
        org_id, project_id, id, author_id, visibility, occurred_at, source, source_id, memory_id, type, trust, ordinal,
        starts, ends, terms, weights, context, body
    )
    select o.org_id, o.org_id, md5(o.org_id::text || n)::uuid, o.org_id, 'project', %(at)s, 'memory', o.org_id,
        o.org_id, 'fact', 1, n, 0, 1, array[hashtext(o.org_id::text || n)], '{1:1.5}/1000000000'::sparsevec, '', 'x'
    from contextfs.organizations as o
    cross join generate_series(1, %(each)s) as n
    """,
    """
    update contextfs.vectors as v
    set embedding = (
        select array_agg(sin(p.ordinal * d * d * 0.7311) order by d)::vector::halfvec
        from generate_series(1, 16) as d
    )
    from contextfs.passages as p
    where p.org_id = v.org_id and p.id = v.passage_id
    """,
)
_READ = """
select sum(pg_stat_get_xact_tuples_fetched(indexrelid)) from pg_index where indrelid = 'contextfs.vectors'::regclass
"""


@pytest.fixture(scope="module")
def street(new_schema: Callable[[], str]) -> str:
    """Give the address of a database that a hundred tenants share, as the API's role."""
    url = new_schema()
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _FILL:
            connection.execute(statement, {"at": AT, "tenants": TENANTS, "each": EACH})
        connection.execute("vacuum analyze")
    return as_role(url, "contextfs_app")


def test_a_search_reads_each_vector_of_its_tenant_about_once(street: str) -> None:
    org = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")  # md5('1')
    with psycopg.connect(street) as connection:
        assume(connection, org, org)
        found = connection.execute(
            "select * from contextfs.find_passages('{1}', '{1}', array_fill(0.1, array[16])::vector::halfvec, 'm', 80,"
            " null, null, null, null, null, null, null, null, null, now(), null, null) where semantic is not null"
        ).fetchall()
        read = connection.execute(_READ).fetchone()
        connection.rollback()

    assert len(found) == 80
    assert read is not None
    assert read[0] <= 3 * EACH
