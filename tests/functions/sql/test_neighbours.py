"""What is refused before it is begun says nothing of others: statistics of Postgres are of all rows of the server."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.sql.test_query import ask

MANY = 1000
"""Sessions of the other organization, so that what they have in common is common on the server."""
_COSTLY = """
select count(*) from sessions a, sessions b, generate_series(1, {rows}) n
where a.tool = '{tool}' and b.tool = '{tool}'
"""


@pytest.fixture
def crowded(tenant: Tenant, other_tenant: Tenant, rows: Rows) -> Iterator[Tenant]:
    """Give a tenant beside one with many sessions of one tool, and statistics that know it and stay as they are."""
    body = {"project_id": str(other_tenant.project_id), "tool": "common-elsewhere", "external_id": str(uuid4())}
    assert other_tenant.call("POST", "/v1/sessions", body).status_code == 201
    rows.connection.execute("alter table contextfs.sessions set (autovacuum_enabled = off)")
    rows.connection.execute(
        "insert into contextfs.sessions select (jsonb_populate_record("
        "    s, jsonb_build_object("
        "        'id', gen_random_uuid(), 'external_id', n::text,"
        "        'tool', case when n %% 2 = 0 then tool else n::text end))).*"
        " from contextfs.sessions as s, generate_series(1, %s) as n where s.org_id = %s",
        [MANY, other_tenant.org_id],
    )
    rows.connection.execute("analyze contextfs.sessions")
    yield tenant
    rows.connection.execute("alter table contextfs.sessions reset (autovacuum_enabled)")


def refused(tenant: Tenant, tool: str) -> list[bool]:
    """Tell of queries that cost more and more which ones are not begun."""
    replies = [ask(tenant, _COSTLY.format(rows=10**power, tool=tool)) for power in (5, 7, 9, 11)]
    return [reply.status_code == 422 and "would take too long" in told(reply)["detail"] for reply in replies]


def test_what_is_common_elsewhere_is_refused_as_what_is_nowhere(crowded: Tenant) -> None:
    common, nowhere = (refused(crowded, tool) for tool in ("common-elsewhere", "in-use-nowhere-1"))

    assert common == nowhere
    assert {*common} == {True, False}
