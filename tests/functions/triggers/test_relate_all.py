"""The graph can be dropped and built again: a project is taken in batch by batch, with the eyes of each author."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from tests.conftest import Tenant
from tests.functions.conftest import Rows

Settle = Callable[[], int]


def remember(tenant: Tenant, content: str, **more: Any) -> None:
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": content, **more})


def graph(rows: Rows, tenant: Tenant) -> tuple[list[str], list[str]]:
    return sorted(map(str, rows.of("mentions", tenant))), sorted(map(str, rows.of("edges", tenant)))


def test_what_was_dropped_is_built_again_as_it_was(
    tenant: Tenant, other_tenant: Tenant, colleague: Callable[[Tenant], Tenant], rows: Rows, settle_events: Settle
) -> None:
    member = colleague(tenant)
    for number in range(103):
        remember(tenant, f"Port {number} is used by src/service_{number}.py, which uses Redis.")
    remember(member, "The private key_of_ben.", visibility="private")
    remember(other_tenant, "Theirs uses Kafka.")
    settle_events()
    before = graph(rows, tenant)
    theirs = graph(rows, other_tenant)
    rows.connection.execute("delete from contextfs.mentions where org_id = %s", [tenant.org_id])
    rows.connection.execute("delete from contextfs.edges where org_id = %s", [tenant.org_id])
    for reader in (tenant.user_id, member.user_id):
        rows.connection.execute(
            "insert into contextfs.outbox (org_id, id, project_id, type, subject, time, actor, reader, data)"
            " values (%s, %s, %s, 'graph.due', %s, now(), 'platform', %s, %s)",
            [tenant.org_id, uuid4(), tenant.project_id, tenant.project_id, reader, Jsonb({})],
        )
    settle_events()

    assert before == graph(rows, tenant)
    assert theirs == graph(rows, other_tenant)
    assert any("key_of_ben" in row for row in before[0])
