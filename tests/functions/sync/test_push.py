"""POST /v1/sync/push."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contextfs.domain.memories.revisions import Revision
from contextfs.domain.memories.view import view
from tests.conftest import Tenant
from tests.contextfs.domain.memories.histories import histories, state
from tests.functions.conftest import Rows

SECRET = "AKIA" + "IOSFODNN7REALKEY"  # in two parts, for scanners of this file
STAMP = "2026-01-0{}T00:00:00.000Z-0000"


def revision(
    content: str = "We use psycopg.", *, memory_id: UUID | None = None, day: int = 1, **given: Any
) -> Revision:
    parents = given.pop("parents", ())
    fields = state(content, **given)
    clock = STAMP.format(day)
    return Revision(memory_id=memory_id or uuid4(), fields=fields, author="user:ann", clock=clock, parents=parents)


def sent(one: Revision) -> dict[str, Any]:
    return {
        "memory_id": str(one.memory_id),
        "fields": msgspec.to_builtins(one.fields),
        "author": one.author,
        "clock": one.clock,
        "parents": list(one.parents),
    }


def push(tenant: Tenant, *revisions: Revision, **more: Any) -> Any:
    body = {"project_id": str(tenant.project_id), "revisions": [sent(one) for one in revisions]} | more
    return tenant.call("POST", "/v1/sync/push", body)


def get(tenant: Tenant, memory_id: UUID) -> Any:
    return tenant.call("GET", f"/v1/memories/{memory_id}").json()


def test_revisions_become_memories(tenant: Tenant, rows: Rows) -> None:
    begun = revision()
    changed = revision("We use pg8000.", memory_id=begun.memory_id, parents=(begun.id,), day=2, tags=("db",))

    reply = push(tenant, changed, begun, revision("Another."))
    memory = get(tenant, begun.memory_id)

    assert (reply.status_code, reply.json()) == (200, {"stored": 3, "duplicates": 0, "refused": []})
    assert (memory["content"], memory["tags"]) == ("We use pg8000.", ["db"])
    assert sorted(rows.events(tenant)) == ["memory.created", "memory.created"]
    assert rows.used(tenant, "sync.items") == [3]
    assert rows.audited(tenant, "sync.pushed")[0]["details"] == {"stored": 3, "duplicates": 0, "refused": 0}


def test_what_is_there_is_not_stored_again(tenant: Tenant, rows: Rows) -> None:
    begun = revision()
    push(tenant, begun)
    events, feed = rows.events(tenant), rows.of("feed", tenant)

    reply = push(tenant, begun, begun)

    assert reply.json() == {"stored": 0, "duplicates": 2, "refused": []}
    assert (rows.events(tenant), rows.of("feed", tenant)) == (events, feed)


def test_a_change_over_rest_and_one_that_is_pushed_are_a_conflict(tenant: Tenant) -> None:
    begun = revision()
    push(tenant, begun)
    tenant.call("PATCH", f"/v1/memories/{begun.memory_id}", {"content": "We use asyncpg."})

    push(tenant, revision("We use pg8000.", memory_id=begun.memory_id, parents=(begun.id,), day=2))
    memory = get(tenant, begun.memory_id)

    assert memory["conflicted"]
    assert sorted(memory["bodies"]) == ["We use asyncpg.", "We use pg8000."]


def test_a_clock_from_the_future_is_capped(tenant: Tenant) -> None:
    begun = revision()
    future = Revision(memory_id=begun.memory_id, fields=begun.fields, author="x", clock="9000-01-01T00:00:00.000Z-0000")

    push(tenant, future)
    [told] = tenant.call("GET", f"/v1/memories/{begun.memory_id}/history").json()["revisions"]

    assert told["clock"] < "3000"


def test_of_two_claims_the_earlier_one_counts(tenant: Tenant) -> None:
    later = revision(day=2)
    earlier = Revision(memory_id=later.memory_id, fields=later.fields, author="user:ben", clock=STAMP.format(1))

    push(tenant, later)
    reply = push(tenant, earlier)
    [told] = tenant.call("GET", f"/v1/memories/{later.memory_id}/history").json()["revisions"]

    assert reply.json()["stored"] == 1
    assert (told["author"], told["clock"]) == ("user:ben", STAMP.format(1))


def test_what_no_memory_may_hold_is_refused_and_the_rest_stored(tenant: Tenant) -> None:
    good = revision("Kept.")
    wrong = [
        revision(f"The key is {SECRET}."),
        revision(type="No Type"),
        revision(tags=("not a tag",)),
        revision(visibility="everyone"),
        revision("x" * 200_001),
        revision(""),
    ]

    reply = push(tenant, *wrong, good).json()

    assert (reply["stored"], [one["index"] for one in reply["refused"]]) == (1, [0, 1, 2, 3, 4, 5])
    assert "secret" in reply["refused"][0]["reason"]
    assert "$.type" in reply["refused"][1]["reason"]
    assert SECRET not in json.dumps(reply)


def test_a_secret_is_found_wherever_it_is_said_and_in_no_other_memory(tenant: Tenant) -> None:
    harmless = [revision(f"Service {number} listens on port {number}.") for number in range(3)]
    holding = [
        revision(title=f"The key {SECRET}"),
        revision(alternatives=(f"It is {SECRET}.",)),
        revision(metadata={"note": SECRET}),
        revision(metadata={"password": "Tr0ub4dor&3x"}),
    ]

    reply = push(tenant, harmless[0], *holding[:2], harmless[1], *holding[2:], harmless[2]).json()

    assert (reply["stored"], [one["index"] for one in reply["refused"]]) == (3, [1, 2, 4, 5])
    assert all("holds a secret" in one["reason"] for one in reply["refused"])


def test_a_memory_of_another_project_is_refused(tenant: Tenant) -> None:
    other = tenant.call("POST", "/v1/projects", {"name": "other"}).json()["id"]
    begun = revision()
    push(tenant, begun)

    changed = revision("Stolen.", memory_id=begun.memory_id, parents=(begun.id,), day=2)
    reply = push(tenant, changed, project_id=other)

    assert [one["reason"] for one in reply.json()["refused"]] == [
        "a memory of this id is in another project, or is not yours to change"
    ]
    assert get(tenant, begun.memory_id)["content"] == "We use psycopg."


def test_nobody_makes_the_memory_of_another_private(tenant: Tenant, colleague: Callable[[Tenant], Tenant]) -> None:
    begun, other = revision(), revision("Another.")
    hidden = revision(memory_id=begun.memory_id, parents=(begun.id,), day=2, visibility="private")
    push(tenant, begun)

    theirs = push(colleague(tenant), hidden, other).json()
    mine = push(tenant, hidden).json()

    assert theirs == {
        "stored": 1,
        "duplicates": 0,
        "refused": [{"kind": "revision", "index": 0, "reason": "only its author can make a memory private"}],
    }
    assert mine["stored"] == 1


def test_a_private_memory_of_another_is_refused_like_one_of_another_project(
    tenant: Tenant, colleague: Callable[[Tenant], Tenant]
) -> None:
    begun = revision(visibility="private")
    push(tenant, begun)

    [refused] = push(colleague(tenant), begun).json()["refused"]

    assert refused["reason"] == "a memory of this id is in another project, or is not yours to change"


def test_two_tenants_have_a_memory_of_one_id_each(tenant: Tenant, other_tenant: Tenant) -> None:
    begun = revision()
    other = revision("Theirs.", memory_id=begun.memory_id)

    push(tenant, begun)
    reply = push(other_tenant, other)

    assert reply.json()["stored"] == 1
    assert (get(tenant, begun.memory_id)["content"], get(other_tenant, begun.memory_id)["content"]) == (
        "We use psycopg.",
        "Theirs.",
    )


def test_a_foreign_project_is_not_found(tenant: Tenant, other_tenant: Tenant) -> None:
    assert push(tenant, revision(), project_id=str(other_tenant.project_id)).status_code == 404


def test_a_session_comes_with_its_messages_once(tenant: Tenant) -> None:
    new = {"project_id": str(tenant.project_id), "tool": "claude-code", "external_id": "s1"}
    said = [{"role": "user", "content": "Hello.", "external_id": "m1"}]
    session = {"session": new | {"messages": said}, "completed": True}

    first = push(tenant, sessions=[session]).json()
    again = push(tenant, sessions=[session]).json()
    [found] = tenant.call("GET", "/v1/sessions").json()["items"]

    assert (first["stored"], again["stored"], again["duplicates"]) == (3, 0, 1)
    assert (found["external_id"], found["status"], found["message_count"]) == ("s1", "completed", 1)


def a_session(tenant: Tenant, *said: str, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": text, "external_id": text} for text in said]
    new = {"project_id": str(tenant.project_id), "tool": "claude-code", "external_id": "s1", "messages": messages}
    return {"session": new | more, "completed": True}


def test_a_session_keeps_the_ids_that_its_machine_gave_it(tenant: Tenant, rows: Rows) -> None:
    session_id, message_id = str(uuid4()), str(uuid4())
    message = {"role": "user", "content": "Hello.", "external_id": "m1", "id": message_id}

    push(tenant, sessions=[a_session(tenant, id=session_id, messages=[message])])
    again = push(tenant, sessions=[a_session(tenant, id=str(uuid4()), messages=[message])]).json()

    assert [str(row["id"]) for row in rows.of("sessions", tenant)] == [session_id]
    assert [str(row["id"]) for row in rows.of("messages", tenant)] == [message_id]
    assert (again["stored"], again["duplicates"], again["refused"]) == (0, 1, [])


def test_an_id_of_another_session_is_refused_and_the_rest_stored(tenant: Tenant) -> None:
    session_id = str(uuid4())
    push(tenant, sessions=[a_session(tenant, "Hello.", id=session_id)])

    reply = push(
        tenant, sessions=[a_session(tenant, "x", external_id="s2", id=session_id), a_session(tenant, external_id="s3")]
    ).json()

    assert [one["index"] for one in reply["refused"]] == [0]
    assert "exists already" in reply["refused"][0]["reason"]
    assert len(tenant.call("GET", "/v1/sessions").json()["items"]) == 2


def test_two_tenants_have_a_session_of_one_id_each(tenant: Tenant, other_tenant: Tenant) -> None:
    session_id = str(uuid4())
    for one in (tenant, other_tenant):
        assert push(one, sessions=[a_session(one, "Hello.", id=session_id)]).json()["refused"] == []


def test_who_may_see_a_session_and_what_it_took_follow_its_machine(tenant: Tenant) -> None:
    push(tenant, sessions=[a_session(tenant, "Hello.", input_tokens=5)])
    reply = push(tenant, sessions=[a_session(tenant, visibility="private", input_tokens=9, output_tokens=2)]).json()
    push(tenant, sessions=[a_session(tenant, visibility="private", input_tokens=1)])
    [found] = tenant.call("GET", "/v1/sessions").json()["items"]

    assert reply["stored"] == 1
    assert (found["visibility"], found["input_tokens"], found["output_tokens"]) == ("private", 9, 2)


def test_nobody_makes_the_session_of_another_private_nor_adds_to_it_by_that(
    tenant: Tenant, colleague: Callable[[Tenant], Tenant]
) -> None:
    push(tenant, sessions=[a_session(tenant, "Hello.")])

    [refused] = push(colleague(tenant), sessions=[a_session(tenant, "Mine.", visibility="private")]).json()["refused"]
    [found] = tenant.call("GET", "/v1/sessions").json()["items"]

    assert refused["reason"] == "only who captured a session can make it private"
    assert (found["visibility"], found["message_count"]) == ("project", 1)


def test_a_private_session_of_another_is_refused_like_one_that_is_not_there(
    tenant: Tenant, colleague: Callable[[Tenant], Tenant]
) -> None:
    push(tenant, sessions=[a_session(tenant, "Hello.", visibility="private")])

    [refused] = push(colleague(tenant), sessions=[a_session(tenant, "Mine.")]).json()["refused"]

    assert refused["reason"] == "There is no such session, or it is not yours to see."


def test_what_its_machine_learned_from_is_not_learned_from_again(
    tenant: Tenant, settle_events: Callable[[], int]
) -> None:
    decided = "We decided to use Postgres for the queue instead of Redis."
    push(tenant, sessions=[a_session(tenant, decided) | {"learned": True}])
    settle_events()
    first = tenant.call("GET", "/v1/memories").json()["items"]
    push(tenant, sessions=[a_session(tenant, decided, external_id="s2")])
    settle_events()

    assert first == []
    assert [one["type"] for one in tenant.call("GET", "/v1/memories").json()["items"]] == ["decision"]


def test_a_memory_that_a_machine_learned_is_as_sure_as_who_said_it(tenant: Tenant, rows: Rows) -> None:
    push(tenant, revision("Said.", metadata={"said_by": "assistant"}), revision("Odd.", metadata={"said_by": ["x"]}))

    assert {row["content"]: row["author_kind"] for row in rows.of("memories", tenant)} == {
        "Said.": "assistant",
        "Odd.": "human",
    }


def test_a_session_that_cannot_be_known_again_is_refused(tenant: Tenant) -> None:
    session = {"session": {"project_id": str(tenant.project_id), "tool": "claude-code"}}

    [refused] = push(tenant, sessions=[session]).json()["refused"]

    assert (refused["kind"], refused["index"]) == ("session", 0)


def in_form(tenant: Tenant, name: str, **more: Any) -> dict[str, Any]:
    """Give a conversation of Cursor's, as its editor's database or its agent's transcript tells it."""
    said = [{"role": "user", "content": "Which port?", "external_id": f"{name}-{n}"} for n in range(3)]
    metadata = {"agent": True} if name == "agent" else {}
    return a_session(tenant, tool="cursor", external_id="c1", messages=said, metadata=metadata, **more)


@pytest.mark.parametrize(("first", "then"), [("editor", "agent"), ("agent", "editor")])
def test_what_cursor_tells_twice_goes_on_as_it_was_kept_first(
    tenant: Tenant, rows: Rows, first: str, then: str
) -> None:
    push(tenant, sessions=[in_form(tenant, first)])
    reply = push(tenant, sessions=[in_form(tenant, then), a_session(tenant, "Hello.")]).json()
    again = push(tenant, sessions=[in_form(tenant, first)]).json()

    assert [("session", 0)] == [(one["kind"], one["index"]) for one in reply["refused"]]
    assert "Cursor" in reply["refused"][0]["reason"]
    assert ([], 3) == (again["refused"], again["duplicates"])
    kept = {row["external_id"] for row in rows.of("messages", tenant)}
    assert {"Hello.", *(f"{first}-{n}" for n in range(3))} == kept


def test_two_tenants_keep_what_cursor_tells_twice_each_in_its_own_form(tenant: Tenant, other_tenant: Tenant) -> None:
    for one, name in ((tenant, "editor"), (other_tenant, "agent")):
        assert [] == push(one, sessions=[in_form(one, name)]).json()["refused"]


def test_of_two_forms_that_come_at_once_one_is_kept(tenant: Tenant, rows: Rows) -> None:
    names = iter(["editor", "agent"] * 4)
    replies = at_once(8, lambda: push(tenant, sessions=[in_form(tenant, next(names))]).json())

    assert 4 == sum(len(reply["refused"]) for reply in replies)
    assert 1 == len({row["external_id"].partition("-")[0] for row in rows.of("messages", tenant)})
    assert 3 == len(rows.of("messages", tenant))


def test_a_packed_body_is_unpacked(tenant: Tenant) -> None:
    body = json.dumps({"project_id": str(tenant.project_id), "revisions": [sent(revision())]}).encode()

    reply = send(tenant, gzip.compress(body))

    assert reply.json()["stored"] == 1


def test_a_bomb_is_refused(tenant: Tenant) -> None:
    assert send(tenant, gzip.compress(b" " * (9 << 20))).status_code == 413


def test_what_is_no_gzip_is_refused(tenant: Tenant) -> None:
    whole = gzip.compress(json.dumps({"project_id": str(tenant.project_id)}).encode())
    broken = [b"{}", whole[:-4], whole + b"x", b""]

    assert [send(tenant, body).status_code for body in broken] == [400] * 4
    assert send(tenant, whole, encoding="br").status_code == 415


def send(tenant: Tenant, body: bytes, encoding: str = "gzip") -> Any:
    headers = {"authorization": f"Bearer {tenant.key}", "content-type": "application/json"}
    return tenant.http.request("POST", "/v1/sync/push", content=body, headers=headers | {"content-encoding": encoding})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), history=histories())
def test_any_parts_in_any_order_give_the_same_view(
    tenant: Tenant, data: st.DataObject, history: list[Revision]
) -> None:
    memory_id = uuid4()
    renamed = {one.id: one for one in moved(history, memory_id)}
    left = data.draw(st.permutations([*renamed.values()] * 2))
    while left:
        size = data.draw(st.integers(1, len(left)))
        reply = push(tenant, *left[:size])
        left = left[size:]

        assert (reply.status_code, reply.json()["refused"]) == (200, [])

    shown = tenant.call("GET", f"/v1/memories/{memory_id}")
    expected = view(renamed.values())

    assert shown.status_code == (404 if expected.deleted else 200)
    if not expected.deleted:
        assert (shown.json()["content"], shown.json()["version"]) == (expected.content, expected.version)


def moved(history: list[Revision], memory_id: UUID) -> list[Revision]:
    """Give a history to another memory; clocks from the future are what a server would make of them."""
    names: dict[str, str] = {}
    made: list[Revision] = []
    for one in history:
        revision = Revision(
            memory_id=memory_id,
            fields=one.fields,
            author=one.author,
            clock=min(one.clock, STAMP.format(1)),
            parents=tuple(names[parent] for parent in one.parents if parent in names),
        )
        names[one.id] = revision.id
        made.append(revision)
    return made


def test_a_push_that_was_cut_off_is_all_there_or_not_at_all_and_comes_again(
    tenant: Tenant, listening: int, rows: Rows
) -> None:
    revisions = [revision(f"Memory {number}.") for number in range(300)]
    body = json.dumps({"project_id": str(tenant.project_id), "revisions": [sent(one) for one in revisions]}).encode()
    head = (
        f"POST /v1/sync/push HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {tenant.key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode()
    left: list[int] = []
    for part, patience in ((body[:-100], 0.0), (body, 0.0), (body, 0.03)):
        with socket.create_connection(("127.0.0.1", listening)) as connection:
            connection.sendall(head + part)
            time.sleep(patience)
        left.append(len(rows.of("feed", tenant)))

    again = push(tenant, *revisions).json()

    assert set(left) <= {0, 300}
    assert again["stored"] + again["duplicates"] == 300
    assert len(rows.of("memories", tenant)) == len(rows.of("revisions", tenant)) == len(rows.of("feed", tenant)) == 300


def test_many_push_the_same_at_once(tenant: Tenant, rows: Rows) -> None:
    revisions = [revision(f"Memory {number}.") for number in range(20)]
    replies = at_once(8, lambda: push(tenant, *revisions).json())

    assert sum(reply["stored"] for reply in replies) == 20
    assert sum(reply["duplicates"] for reply in replies) == 140
    assert len(rows.of("memories", tenant)) == len(rows.of("feed", tenant)) == 20


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    replies: list[Any] = []
    threads = [threading.Thread(target=lambda: replies.append(act())) for _ in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return replies
