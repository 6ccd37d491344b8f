"""DELETE /v1/admin/users/{user_id}."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contextfs.domain.access.people import store
from contextfs.domain.access.store import assuming
from contextfs.kit.errors import Conflict
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows, wait_until
from tests.functions.people import at_once, invite, join, user_path


def test_all_keys_end_at_once_and_what_was_written_stays(tenant: Tenant, rows: Rows) -> None:
    ann = join(tenant, "ann@example.test", role="admin")
    second = ann.call("POST", "/v1/api-keys", {"name": "second"}).json()["secret"]
    written = {"project_id": str(tenant.project_id), "content": "Ann knew this."}
    memory = ann.call("POST", "/v1/memories", written).json()["memory"]

    removed = tenant.call("DELETE", user_path(ann))

    assert removed.status_code == 204
    for key in (ann.key, second):
        assert tenant.http.get("/v1/memories", headers={"authorization": f"Bearer {key}"}).status_code == 401
    assert tenant.call("GET", f"/v1/memories/{memory['id']}").json()["content"] == "Ann knew this."
    assert [row["user_id"] for row in rows.of("memberships", tenant)] == [tenant.user_id]
    assert [row["user_id"] for row in rows.of("memberships_history", tenant)] == [ann.user_id]
    assert rows.events(tenant)[-1] == "user.removed"


def test_their_invitations_end_with_them(tenant: Tenant) -> None:
    ann = join(tenant, "ann@example.test", role="admin")
    token = invite(ann, "friend@example.test").json()["token"]

    tenant.call("DELETE", user_path(ann))
    reply = tenant.http.post("/v1/invitations/accept", json={}, headers={"authorization": f"Bearer {token}"})

    assert reply.status_code == 401


def test_the_last_owner_cannot_leave(tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("DELETE", user_path(tenant))

    assert reply.status_code == 409
    assert "keeps an owner" in told(reply)["detail"]
    assert len(rows.of("memberships", tenant)) == 1


def test_two_owners_who_remove_each_other_at_once_leave_one(tenant: Tenant, rows: Rows) -> None:
    for number in range(5):
        other = join(tenant, f"other{number}@example.test", role="owner")
        codes = at_once(tenant, other, lambda me, them: me.call("DELETE", user_path(them)).status_code)

        assert codes[0] == 204
        assert codes[1] in {401, 409}
        assert len(rows.of("memberships", tenant)) == 1
        if rows.of("memberships", tenant)[0]["user_id"] != tenant.user_id:
            tenant = other


def test_who_removes_the_other_owner_waits_and_sees_what_the_first_left(
    tenant: Tenant, rows: Rows, wiring: Wiring
) -> None:
    other, opening = join(tenant, "other@example.test", role="owner"), assuming(tenant.org_id, tenant.user_id)

    def second() -> None:
        with wiring.database.transaction(opening) as (tx, _):
            store.remove(tx, tenant.user_id)

    with ThreadPoolExecutor(1) as pool:
        with wiring.database.transaction(opening) as (tx, _):
            backend = (tx.one("select pg_backend_pid() as pid") or {})["pid"]
            store.remove(tx, other.user_id)
            waiting = pool.submit(second)
            wait_until(lambda: rows.waiting_for(backend))
        with pytest.raises(Conflict, match="keeps an owner"):
            waiting.result()

    assert [row["user_id"] for row in rows.of("memberships", tenant)] == [tenant.user_id]


def test_an_owner_leaves_when_there_is_another(tenant: Tenant) -> None:
    join(tenant, "other@example.test", role="owner")

    assert tenant.call("DELETE", user_path(tenant)).status_code == 204
    assert tenant.call("GET", "/v1/memories").status_code == 401


def test_an_administrator_removes_no_owner(tenant: Tenant) -> None:
    admin = join(tenant, "admin@example.test", role="admin")
    other = join(tenant, "other@example.test", role="owner")

    assert admin.call("DELETE", user_path(other)).status_code == 403
