"""Who calls again and again is presumed to be who they were; what changed about them counts from the next call on."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows

Writes = Callable[[Tenant], Any]


@pytest.fixture(params=["remember", "say"])
def write(request: pytest.FixtureRequest, things: Things) -> Writes:
    """Give a call that stores a memory, or a message."""

    def remember(caller: Tenant) -> Any:
        return caller.call("POST", "/v1/memories", {"project_id": str(caller.project_id), "content": uuid4().hex})

    def say(caller: Tenant) -> Any:
        body = {"messages": [{"role": "user", "content": uuid4().hex}]}
        return caller.call("POST", f"/v1/sessions/{things.session_id}/messages", body)

    return {"remember": remember, "say": say}[request.param]


ENDED = "update contextfs.api_keys set revoked_at = now()"
LESS = "update contextfs.api_keys set permissions = '{sessions:read}'"


@pytest.mark.parametrize(("change", "status"), [(ENDED, 401), (LESS, 403)], ids=["ended", "less"])
def test_what_a_key_may_no_more_it_may_not_from_the_next_call_on(
    tenant: Tenant, rows: Rows, key_with: Callable[..., Tenant], write: Writes, change: str, status: int
) -> None:
    caller = key_with(tenant, role="member")
    assert [write(caller).status_code for _ in range(4)] == [201] * 4
    rows.connection.execute(f"{change} where org_id = %s and hint = %s".encode(), [tenant.org_id, caller.key[-4:]])
    before = rows.everything(tenant) | {"outbox": list(map(str, rows.of("outbox", tenant)))}

    assert [write(caller).status_code for _ in range(2)] == [status] * 2
    assert before == rows.everything(tenant) | {"outbox": list(map(str, rows.of("outbox", tenant)))}


def test_who_is_said_to_be_there_by_others_once_more_is_not_presumed_again(
    tenant: Tenant,
    wiring: Wiring,
    rows: Rows,
    key_with: Callable[..., Tenant],
    write: Writes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caller, known = key_with(tenant, role="member"), wiring.door.familiar
    told = [write(caller).status_code for _ in range(4)]
    rows.connection.execute(f"{ENDED} where org_id = %s and hint = %s".encode(), [tenant.org_id, caller.key[-4:]])
    forget = known.refused

    def remembered(proof: bytes | None, needs: str) -> None:
        """Forget somebody, and have two calls say that they are there, which began before they were not."""
        found = known.presumed(proof, needs)
        forget(proof, needs)
        for _ in range(2):
            known.let_in(proof, needs, found)

    monkeypatch.setattr(known, "refused", remembered)

    assert [*told, write(caller).status_code] == [201] * 4 + [401]


def test_what_is_made_for_a_stranger_is_of_the_time_at_which_they_are_met(
    tenant: Tenant, rows: Rows, key_with: Callable[..., Tenant], things: Things
) -> None:
    caller, path = key_with(tenant, role="member"), f"/v1/sessions/{things.session_id}/messages"

    def say(text: str) -> int:
        return caller.call("POST", path, {"messages": [{"role": "user", "content": text}]}).status_code

    told = [say("before") for _ in range(4)]
    rows.connection.execute(
        "update contextfs.api_keys set permissions = '{sessions:write}' where org_id = %s and hint = %s",
        [tenant.org_id, caller.key[-4:]],
    )

    assert [*told, say("after")] == [201] * 5
    stored = [row["stored_at"] for row in rows.of("messages", tenant) if row["content"] == "after"]
    assert stored == [rows.audited(tenant, "session.appended")[-1]["at"]]


def test_what_a_key_may_again_it_may_from_the_next_call_on(
    tenant: Tenant, rows: Rows, key_with: Callable[..., Tenant], write: Writes
) -> None:
    caller = key_with(tenant, permissions=["memories:write", "sessions:write", "memories:read"])
    told = [write(caller).status_code for _ in range(3)]
    for some in ("{sessions:read}", "{memories:write,sessions:write}"):
        rows.connection.execute(
            "update contextfs.api_keys set permissions = %s where org_id = %s and hint = %s",
            [some, tenant.org_id, caller.key[-4:]],
        )
        told += [write(caller).status_code for _ in range(4)]

    assert told == [201] * 3 + [403] * 4 + [201] * 4


def test_nobody_is_presumed_to_be_somebody_for_what_has_no_draft(
    tenant: Tenant, wiring: Wiring, things: Things, write: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, asked = wiring.door.familiar, list[str]()

    def presumed(_proof: bytes | None, needs: str) -> None:
        asked.append(needs)

    monkeypatch.setattr(known, "presumed", presumed)
    session = f"/v1/sessions/{things.session_id}"
    done = [tenant.call("PATCH", session, {"tags": ["a"]}), tenant.call("POST", f"{session}/complete"), write(tenant)]

    assert ([200, 200, 201], 1) == ([one.status_code for one in done], len(asked))


def test_whose_project_is_closed_to_them_writes_there_no_more(
    tenant: Tenant, rows: Rows, colleague: Callable[[Tenant], Tenant], write: Writes
) -> None:
    caller = colleague(tenant)
    told = [write(caller).status_code for _ in range(4)]
    rows.connection.execute(
        "update contextfs.memberships set projects = '{}' where org_id = %s and user_id = %s",
        [tenant.org_id, caller.user_id],
    )
    before = rows.everything(tenant)

    assert (told, write(caller).status_code, rows.everything(tenant)) == ([201] * 4, 404, before)


def test_two_tenants_are_not_taken_for_each_other(
    tenant: Tenant, other_tenant: Tenant, rows: Rows, write: Writes
) -> None:
    other = other_tenant
    theirs = [
        other.call("POST", "/v1/memories", {"project_id": str(other.project_id), "content": uuid4().hex}).status_code
        for _ in range(4)
    ]
    mine = [write(tenant).status_code for _ in range(4)]

    assert (theirs, mine) == ([201] * 4, [201] * 4)
    assert {row["org_id"] for row in rows.of("memories", other)} == {other.org_id}
    assert {row["actor"] for row in rows.audited(other, "memory.created")}.isdisjoint(
        row["actor"] for row in (*rows.audited(tenant, "memory.created"), *rows.audited(tenant, "session.appended"))
    )
