"""What was kept against repetition goes when nothing can repeat any more."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contextfs.domain.audit import anchors
from contextfs.journeys.keep.audit import seal
from contextfs.kit.errors import ContextFSError
from contextfs.runtime.wiring import Wiring
from functions.schedules import expire
from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN
from tests.functions.conftest import Rows, bury, sign_in


def test_old_replies_go_and_young_ones_stay(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    for key in ("old", "young"):
        tenant.call("POST", "/v1/query", {}, idempotency_key=key)
    rows.connection.execute(
        "update contextfs.idempotency_keys set created_at = now() - interval '25 hours'"
        " where org_id = %s and key = 'old'",
        [tenant.org_id],
    )
    platform = wiring.platform()

    expire.handle(wiring.sweep(platform, wiring.bus(platform)))
    platform.close()

    assert [row["key"] for row in rows.of("idempotency_keys", tenant)] == ["young"]


def test_old_packs_go_and_what_was_handed_over_stays_known_longer(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    body = {"project_id": str(tenant.project_id), "content": "Answer in English.", "pinned": True}
    memory = tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]
    task = {"project_id": str(tenant.project_id), "task": "Say hello."}
    old, young = (tenant.call("POST", "/v1/context", task).json()["id"] for _ in range(2))
    rows.connection.execute("update contextfs.packs set created_at = now() - interval '91 days' where id = %s", [old])
    rows.connection.execute(
        "insert into contextfs.recalls (org_id, project_id, memory_id, day)"
        " select %s, %s, %s, current_date - days from unnest(array[729, 731]) as days",
        [tenant.org_id, tenant.project_id, memory],
    )
    platform = wiring.platform()

    expire.handle(wiring.sweep(platform, wiring.bus(platform)))
    platform.close()

    assert [young] == [str(row["id"]) for row in rows.of("packs", tenant)]
    assert 2 == len(rows.of("recalls", tenant))


def test_logins_that_ended_long_ago_go(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    kept, old = sign_in(tenant)[1], sign_in(tenant)[1]
    rows.connection.execute("update contextfs.logins set expires_at = now() - interval '31 days' where id = %s", [old])
    platform = wiring.platform()

    expire.handle(wiring.sweep(platform, wiring.bus(platform)))
    platform.close()

    assert [str(row["id"]) for row in rows.of("logins", tenant)] == [kept]


def test_messages_of_providers_go_when_they_are_believed_no_more(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    rows.connection.execute(
        "insert into contextfs.saml_messages (org_id, issuer, id, expires_at)"
        " values (%(org)s, 'idp', 'old', now() - interval '1 second'),"
        " (%(org)s, 'idp', 'young', now() + interval '1 hour')",
        {"org": tenant.org_id},
    )
    platform = wiring.platform()

    expire.handle(wiring.sweep(platform, wiring.bus(platform)))
    platform.close()

    assert [row["id"] for row in rows.of("saml_messages", tenant)] == ["young"]


def test_who_took_an_event_is_known_for_as_long_as_it_can_be_sent_again(
    tenant: Tenant, rows: Rows, wiring: Wiring
) -> None:
    bury(rows, tenant, UNKNOWN)
    [letter] = rows.of("dead_letters", tenant)
    rows.connection.execute(
        "insert into contextfs.consumed_events (org_id, consumer, event_id, consumed_at)"
        " select %(org)s, 'triggers.graph', event_id, now() - interval '31 days'"
        " from unnest(array[%(letter)s, gen_random_uuid()]) as event_id",
        {"org": tenant.org_id, "letter": letter["event_id"]},
    )
    platform = wiring.platform()

    expire.handle(wiring.sweep(platform, wiring.bus(platform)))
    platform.close()

    assert [row["event_id"] for row in rows.of("consumed_events", tenant)] == [letter["event_id"]]


def test_an_end_that_cannot_be_noted_keeps_no_export(
    tenant: Tenant, settle_events: Callable[[], int], rows: Rows, wiring: Wiring
) -> None:
    tenant.call("POST", "/v1/exports", {})
    settle_events()
    rows.connection.execute("update contextfs.exports set expires_at = now() where org_id = %s", [tenant.org_id])
    in_the_way = Path(wiring.settings.files or "") / anchors.key(tenant.org_id)
    in_the_way.mkdir(parents=True)
    platform = wiring.platform()
    seal(platform)

    with pytest.raises(ContextFSError, match="takes or gives no file"):
        expire.handle(wiring.sweep(platform, wiring.bus(platform)))
    platform.close()
    in_the_way.rmdir()

    assert rows.of("exports", tenant) == []
