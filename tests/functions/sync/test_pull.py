"""POST /v1/sync/pull and GET /v1/sync/status."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contextfs.domain.feed.model import Pulled, SentRevision
from contextfs.domain.memories.revisions import Revision
from contextfs.domain.memories.view import view
from contextfs.kit.changes import Change
from tests.conftest import Tenant, as_role
from tests.functions.conftest import Rows
from tests.functions.sync.test_push import at_once, push, revision

WHATEVER = st.characters(codec="utf-8", exclude_characters="\0")


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON that has one spelling."""
    numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False, width=32)
    plain = st.none() | st.booleans() | numbers | st.text(WHATEVER, max_size=8)
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=3), max_leaves=4)


def pull(tenant: Tenant, cursor: int = 0, **more: Any) -> Pulled:
    body = {"project_id": str(tenant.project_id), "cursor": cursor} | more
    reply = tenant.call("POST", "/v1/sync/pull", body)

    assert reply.status_code == 200, reply.text
    return msgspec.json.decode(reply.content, type=Pulled)


def pull_all(tenant: Tenant, cursor: int = 0, **more: Any) -> Pulled:
    """Pull until there is no more."""
    pages = [pull(tenant, cursor, **more)]
    while pages[-1].more:
        pages.append(pull(tenant, pages[-1].cursor, **more))
    return Pulled(
        revisions=[one for page in pages for one in page.revisions],
        sessions=[one for page in pages for one in page.sessions],
        messages=[one for page in pages for one in page.messages],
        withdrawn=[one for page in pages for one in page.withdrawn],
        cursor=pages[-1].cursor,
        more=False,
    )


def made(sent: SentRevision) -> Revision:
    return Revision(
        memory_id=sent.memory_id,
        fields=sent.fields,
        author=sent.author,
        clock=sent.clock,
        parents=tuple(sent.parents),
    )


def new_memory(tenant: Tenant, content: str = "Known.", **more: Any) -> UUID:
    body = {"project_id": str(tenant.project_id), "content": content} | more
    return UUID(tenant.call("POST", "/v1/memories", body).json()["memory"]["id"])


def new_session(tenant: Tenant, **more: Any) -> UUID:
    body = {"project_id": str(tenant.project_id), "tool": "test"} | more
    return UUID(tenant.call("POST", "/v1/sessions", body).json()["session"]["id"])


def test_what_is_written_over_rest_arrives_as_revisions(tenant: Tenant) -> None:
    memory_id = new_memory(tenant)
    changed = tenant.call("PATCH", f"/v1/memories/{memory_id}", {"content": "Known better."}).json()["memory"]

    pulled = pull(tenant)

    assert [one.fields.content for one in pulled.revisions] == ["Known.", "Known better."]
    assert view(map(made, pulled.revisions)).version == changed["version"]
    assert (pulled.cursor, pulled.more) == (2, False)


def test_a_deletion_arrives_as_a_revision(tenant: Tenant) -> None:
    memory_id = new_memory(tenant)
    tenant.call("DELETE", f"/v1/memories/{memory_id}")

    assert view(map(made, pull(tenant).revisions)).deleted


def test_from_the_end_nothing_is_new(tenant: Tenant) -> None:
    new_memory(tenant)
    cursor = pull(tenant).cursor

    assert pull(tenant, cursor) == Pulled(
        revisions=[], sessions=[], messages=[], withdrawn=[], cursor=cursor, more=False
    )
    assert tenant.call("GET", f"/v1/sync/status?project_id={tenant.project_id}").json() == {
        "project_id": str(tenant.project_id),
        "position": cursor,
        "memories": 1,
        "sessions": 0,
    }


def test_a_project_without_changes_has_none(tenant: Tenant) -> None:
    assert (pull(tenant).cursor, pull(tenant).revisions) == (0, [])


def test_pages_hold_as_many_items_as_were_asked_for(tenant: Tenant) -> None:
    begun = revision()
    push(tenant, begun, *(revision(f"{n}", memory_id=begun.memory_id, parents=(begun.id,), day=2) for n in range(4)))
    push(tenant, *(revision(f"Fact {number}.") for number in range(7)))

    sizes: list[int] = []
    page = pull(tenant, limit=3)
    sizes.append(len(page.revisions))
    while page.more:
        page = pull(tenant, page.cursor, limit=3)
        sizes.append(len(page.revisions))

    assert sum(sizes) == 12
    assert sorted(sizes, reverse=True)[:3] == [5, 3, 3]


def test_a_page_is_no_larger_than_a_reply_may_be(tenant: Tenant) -> None:
    for part in range(6):
        push(tenant, *(revision(f"{part}{number}" + "x" * 150_000) for number in range(6)))

    page, sizes = pull(tenant), list[int]()
    while page.more:
        sizes.append(len(page.revisions))
        page = pull(tenant, page.cursor)

    assert sizes == [26]
    assert len(page.revisions) == 10


def test_a_feed_that_was_restored_from_a_backup_is_read_again(tenant: Tenant) -> None:
    new_memory(tenant)

    pulled = pull(tenant, 1_000_000)

    assert (len(pulled.revisions), pulled.cursor) == (1, 1)


def test_a_machine_learns_of_a_clock_that_was_moved(tenant: Tenant) -> None:
    mine, made = uuid4(), revision()
    future = Revision(memory_id=made.memory_id, fields=made.fields, author="x", clock="9000-01-01T00:00:00.000Z-0000")
    push(tenant, future, origin=str(mine))

    [told] = pull(tenant, origin=str(mine)).revisions

    assert told.clock < "3000"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(metadata=st.dictionaries(st.text(WHATEVER, max_size=5), json_values(), max_size=4), content=st.text(WHATEVER))
def test_a_revision_is_the_same_where_it_arrives(tenant: Tenant, metadata: dict[str, Any], content: str) -> None:
    """Its id is not sent, and so has to come out of what was sent, after it was stored in between."""
    one = revision(f"{content}.", metadata=metadata)
    cursor = pull(tenant).cursor
    reply = push(tenant, one).json()

    assert reply["refused"] == []
    assert [(made(told).id, told.author, told.clock) for told in pull(tenant, cursor).revisions] == [
        (one.id, one.author, one.clock)
    ]


def test_a_machine_is_not_sent_what_it_pushed(tenant: Tenant) -> None:
    mine, other = uuid4(), uuid4()
    push(tenant, revision("Mine."), origin=str(mine))
    push(tenant, revision("Theirs."), origin=str(other))

    pulled = pull(tenant, origin=str(mine))

    assert [one.fields.content for one in pulled.revisions] == ["Theirs."]
    assert pulled.cursor == 2


def test_sessions_and_their_messages_arrive(tenant: Tenant) -> None:
    session_id = new_session(tenant, messages=[{"role": "user", "content": "One."}])
    cursor = pull(tenant).cursor
    tenant.call("POST", f"/v1/sessions/{session_id}/messages", {"messages": [{"role": "user", "content": "Two."}]})
    tenant.call("POST", f"/v1/sessions/{session_id}/complete")

    pulled = pull(tenant, cursor)

    assert [one.content for one in pull(tenant).messages] == ["One.", "Two."]
    assert [one.content for one in pulled.messages] == ["Two."]
    assert [(one.id, one.status) for one in pulled.sessions] == [(session_id, "completed")]


def test_a_private_session_goes_as_silently_as_it_came(tenant: Tenant, colleague: Callable[[Tenant], Tenant]) -> None:
    session_id = new_session(tenant, visibility="private")
    tenant.call("DELETE", f"/v1/sessions/{session_id}")

    assert [one.id for one in pull(tenant).withdrawn] == [session_id]
    assert pull(colleague(tenant)).withdrawn == []


def test_a_deleted_session_is_withdrawn(tenant: Tenant) -> None:
    session_id = new_session(tenant)
    tenant.call("DELETE", f"/v1/sessions/{session_id}")

    pulled = pull(tenant)

    assert [(one.kind, one.id) for one in pulled.withdrawn] == [("session", session_id)]
    assert pulled.sessions == []


def test_who_may_not_read_sessions_is_sent_none(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    new_session(tenant)
    new_memory(tenant)

    pulled = pull(key_with(tenant, permissions=["memories:read"]))

    assert (len(pulled.revisions), pulled.sessions) == (1, [])


def test_private_things_reach_their_author_alone(tenant: Tenant, colleague: Callable[[Tenant], Tenant]) -> None:
    new_memory(tenant, visibility="private")
    new_session(tenant, visibility="private", messages=[{"role": "user", "content": "Secret."}])

    mine, theirs = pull(tenant), pull(colleague(tenant))

    assert (len(mine.revisions), len(mine.sessions), len(mine.messages)) == (1, 1, 1)
    assert (theirs.revisions, theirs.sessions, theirs.messages, theirs.withdrawn) == ([], [], [], [])
    assert mine.cursor == theirs.cursor == 2


def test_what_becomes_private_is_withdrawn_from_the_others(
    tenant: Tenant, colleague: Callable[[Tenant], Tenant]
) -> None:
    memory_id, session_id = new_memory(tenant), new_session(tenant)
    other = colleague(tenant)
    cursor = pull(other).cursor
    for path in (f"/v1/memories/{memory_id}", f"/v1/sessions/{session_id}"):
        tenant.call("PATCH", path, {"visibility": "private"})

    mine, theirs = pull(tenant, cursor), pull(other, cursor)

    assert {(one.kind, one.id) for one in theirs.withdrawn} == {("memory", memory_id), ("session", session_id)}
    assert (theirs.revisions, theirs.sessions) == ([], [])
    assert (len(mine.revisions), len(mine.sessions), mine.withdrawn) == (1, 1, [])
    assert pull(other).revisions == []


def test_what_is_shared_arrives_whole(tenant: Tenant, colleague: Callable[[Tenant], Tenant]) -> None:
    memory_id = new_memory(tenant, visibility="private")
    session_id = new_session(tenant, visibility="private", messages=[{"role": "user", "content": "One."}])
    tenant.call("PATCH", f"/v1/memories/{memory_id}", {"content": "Known better."})
    other = colleague(tenant)
    cursor = pull(other).cursor
    for path in (f"/v1/memories/{memory_id}", f"/v1/sessions/{session_id}"):
        tenant.call("PATCH", path, {"visibility": "project"})

    theirs = pull(other, cursor)

    assert len(theirs.revisions) == 3
    assert view(map(made, theirs.revisions)).content == "Known better."
    assert [one.content for one in theirs.messages] == ["One."]


def test_another_tenant_and_another_project_have_feeds_of_their_own(
    tenant: Tenant, other_tenant: Tenant, key_with: Callable[..., Tenant]
) -> None:
    second = tenant.call("POST", "/v1/projects", {"name": "second"}).json()["id"]
    new_memory(tenant)
    push(tenant, revision(), project_id=second)
    within_second = key_with(tenant, project_id=second)

    foreign = [
        other_tenant.call("POST", "/v1/sync/pull", {"project_id": str(tenant.project_id)}),
        within_second.call("POST", "/v1/sync/pull", {"project_id": str(tenant.project_id)}),
        other_tenant.call("GET", f"/v1/sync/status?project_id={tenant.project_id}"),
    ]

    assert [reply.status_code for reply in foreign] == [404, 404, 404]
    assert pull(other_tenant).cursor == 0
    assert (pull(tenant).cursor, pull(tenant, project_id=second).cursor) == (1, 1)


def test_who_lost_access_is_told_so(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    lesser = key_with(tenant, role="viewer")
    refused = lesser.call("POST", "/v1/sync/push", {"project_id": str(tenant.project_id)})
    [key] = [one for one in tenant.call("GET", "/v1/api-keys").json()["items"] if one["role"] == "viewer"]
    tenant.call("DELETE", f"/v1/api-keys/{key['id']}")

    assert refused.status_code == 403
    assert lesser.call("POST", "/v1/sync/pull", {"project_id": str(tenant.project_id)}).status_code == 401


def test_a_large_reply_is_packed_for_who_reads_it(tenant: Tenant) -> None:
    push(tenant, *(revision(f"Fact {number}. {'word ' * 20}") for number in range(100)))
    body = {"project_id": str(tenant.project_id)}

    packed = tenant.call("POST", "/v1/sync/pull", body, accept_encoding="gzip")
    plain = tenant.call("POST", "/v1/sync/pull", body, accept_encoding="gzip;q=0, *")

    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert packed.json() == plain.json()


def test_a_reader_misses_nothing_of_writers_whose_commits_are_slow(
    tenant: Tenant, database_url: str, rows: Rows
) -> None:
    """Sixteen writers take positions as calls do, and commit when it pleases them; a reader follows all the while."""
    memories = [new_memory(tenant, f"Fact {number}.") for number in range(16)]
    cursor = pull(tenant).cursor
    seen: list[int] = []
    done = threading.Event()

    def write(memory_id: UUID) -> None:
        chance = random.Random(memory_id.hex)  # noqa: S311 - repeatable
        with psycopg.connect(as_role(database_url, "contextfs_app"), autocommit=True) as connection:
            for _ in range(12):
                with connection.transaction():
                    connection.execute("select contextfs.assume(%s, %s, null::uuid[])", [tenant.org_id, tenant.user_id])
                    time.sleep(chance.random() / 100)
                    change = Change(
                        org_id=tenant.org_id, project_id=tenant.project_id, kind="withdrawn_session", subject=uuid4()
                    )
                    changes = msgspec.json.encode([change]).decode()
                    connection.execute("select contextfs.tell(%s::jsonb)", [changes])
                    time.sleep(chance.random() / 200)

    def read() -> None:
        position = cursor
        while True:
            is_last = done.is_set()
            page = pull(tenant, position, limit=7)
            seen.extend(range(position + 1, page.cursor + 1))
            told.extend(one.id for one in page.withdrawn)
            position = page.cursor
            if is_last and not page.more:
                return

    told: list[UUID] = []
    reader = threading.Thread(target=read)
    reader.start()
    writers = iter(memories)
    try:
        at_once(16, lambda: write(next(writers)))
    finally:
        done.set()
        reader.join()
    feed = sorted((row for row in rows.of("feed", tenant) if row["position"] > cursor), key=lambda row: row["position"])

    assert len(feed) == 16 * 12
    assert [row["position"] for row in feed] == list(range(cursor + 1, cursor + 1 + len(feed)))
    assert told == [row["subject"] for row in feed]
