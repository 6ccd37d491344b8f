"""What is read again changes what differs, and nothing else: ids, edits by hand, and what was said before all stay."""

import json
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec
import pytest

from contextfs.adapters.transcripts import reader as reader_of
from contextfs.adapters.transcripts.normalised import normalised
from contextfs.adapters.transcripts.told import Readers
from contextfs.domain.access.store import assuming
from contextfs.journeys.capture.reread import reread
from contextfs.kit.call import Call
from contextfs.kit.events import Event
from contextfs.kit.ports import Transaction
from contextfs.kit.principal import Principal
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.conftest import Rows, wait_until
from tests.functions.recorded import NAME, RECORD, VERSION, captured, messages, read, said, show

Tell = Callable[[Tenant, str], None]


@pytest.fixture
def tell(wiring: Wiring, settle_events: Callable[[], int]) -> Generator[Tell]:
    """Give a function that tells of a tenant's record that it is due, and has that carried."""
    platform = wiring.platform()

    def told(tenant: Tenant, session: str) -> None:
        wiring.bus(platform).publish([_event(tenant, wiring, session)])
        settle_events()

    yield told
    platform.close()


def _event(tenant: Tenant, wiring: Wiring, session: str) -> Event:
    return Event(
        id=uuid4(),
        type="record.due",
        org_id=tenant.org_id,
        project_id=tenant.project_id,
        subject=UUID(session),
        time=wiring.clock(),
        actor="platform",
        reader=tenant.user_id,
        data={},
    )


def _call(tenant: Tenant, wiring: Wiring, tx: Transaction) -> Call:
    by = Principal(
        org_id=tenant.org_id,
        actor_id=tenant.user_id,
        actor="platform",
        user_id=tenant.user_id,
        role="platform",
        permissions=("*",),
    )
    return Call(principal=by, now=wiring.clock(), tx=tx, services=wiring.services)


def test_messages_are_brought_to_what_the_record_says_and_keep_their_ids(
    tenant: Tenant, rows: Rows, tell: Tell
) -> None:
    session = captured(tenant)
    before = {one["external_id"]: one["id"] for one in messages(tenant, session)}
    tell(tenant, session)
    after = messages(tenant, session)
    right = read()
    shown = tenant.call("GET", f"/v1/sessions/{session}").json()

    told = {one["external_id"]: one["content"] for one in after if one["external_id"] != "a-notice"}
    assert {one.external_id: one.content for one in right.messages} == told
    assert before.items() <= {one["external_id"]: one["id"] for one in after}.items()
    assert ("prompt", right.messages[0].content) == (after[0]["kind"], after[0]["content"])
    assert ("completed", len(after)) == (shown["status"], shown["message_count"])
    assert right.fields["input_tokens"] == shown["input_tokens"]
    [was] = rows.of("message_versions", tenant)
    assert (before[was["external_id"]], "Nobody said this.") == (str(was["message_id"]), was["content"])


def test_what_was_said_before_goes_with_its_session(tenant: Tenant, rows: Rows, tell: Tell) -> None:
    session = captured(tenant)
    tell(tenant, session)
    kept = len(rows.of("message_versions", tenant))
    tenant.call("DELETE", f"/v1/sessions/{session}")

    assert (1, []) == (kept, rows.of("message_versions", tenant))


def test_read_twice_nothing_changes(tenant: Tenant, rows: Rows, tell: Tell) -> None:
    session = captured(tenant)
    tell(tenant, session)
    once = (messages(tenant, session), tenant.call("GET", f"/v1/sessions/{session}").json())
    tenant.call("PUT", f"/v1/sessions/{session}/record", {"reader": "claude-code/1", "line": 0, "lines": RECORD})
    tell(tenant, session)

    assert once == (messages(tenant, session), tenant.call("GET", f"/v1/sessions/{session}").json())
    assert (1, f"claude-code/{VERSION}") == (len(rows.of("message_versions", tenant)), show(tenant, session)["reader"])


def test_cut_off_in_the_middle_it_is_done_whole_the_next_time(
    tenant: Tenant, wiring: Wiring, rows: Rows, tell: Tell
) -> None:
    session = captured(tenant)
    before = (messages(tenant, session), show(tenant, session))
    with suppress(KeyboardInterrupt), wiring.database.transaction(assuming(tenant.org_id, tenant.user_id)) as (tx, _):
        reread(_call(tenant, wiring, tx), _event(tenant, wiring, session), Readers())
        raise KeyboardInterrupt
    undone = (messages(tenant, session), show(tenant, session))
    tell(tenant, session)

    assert before == undone
    assert f"claude-code/{VERSION}" == show(tenant, session)["reader"]
    assert 1 == len(rows.of("message_versions", tenant))


def test_what_comes_meanwhile_waits_and_is_not_lost(tenant: Tenant, wiring: Wiring, rows: Rows) -> None:
    session = captured(tenant)
    more = {"role": "user", "content": "And then?", "external_id": "later"}
    claims = assuming(tenant.org_id, tenant.user_id)
    with ThreadPoolExecutor(1) as pool, wiring.database.transaction(claims) as (tx, _):
        reread(_call(tenant, wiring, tx), _event(tenant, wiring, session), Readers())
        backend = (tx.one("select pg_backend_pid() as pid") or {})["pid"]
        coming = pool.submit(tenant.call, "POST", f"/v1/sessions/{session}/messages", {"messages": [more]})
        wait_until(lambda: rows.waiting_for(backend))
    names = {one["external_id"] for one in messages(tenant, session)}

    assert 201 == coming.result().status_code
    assert {"later", *(one.external_id for one in read().messages)} <= names


def test_what_people_set_by_hand_stays(tenant: Tenant, tell: Tell) -> None:
    session = captured(tenant)
    by_hand = {"title": "The refund bug", "tags": ["refunds"], "annotations": {"read": True}, "metadata": {"a": 1}}
    tenant.call("PATCH", f"/v1/sessions/{session}", by_hand)
    tell(tenant, session)
    after = tenant.call("GET", f"/v1/sessions/{session}").json()

    assert by_hand == {name: after[name] for name in by_hand}


def test_it_is_found_by_what_it_says_now_and_not_by_what_it_said(tenant: Tenant, tell: Tell) -> None:
    session = captured(tenant)
    tenant.call("PATCH", f"/v1/sessions/{session}", {"visibility": "project"})
    tell(tenant, session)
    right = read().messages[0].content

    def hits(words: str) -> list[str]:
        asked = {"query": words, "project_ids": [str(tenant.project_id)], "sources": ["message"]}
        return [hit["snippet"] for hit in tenant.call("POST", "/v1/search/hybrid", asked).json()["hits"]]

    assert any(right[:30] in one for one in hits(right[:60]))
    assert not any("Nobody said this" in one for one in hits("nobody said this"))


def test_as_of_a_time_before_it_says_what_it_said(tenant: Tenant, tell: Tell) -> None:
    session = captured(tenant)
    then = datetime.now(UTC).isoformat()
    tell(tenant, session)
    query = {"query": "select content from messages where kind <> 'reply' order by created_at"}
    before, now = (
        [row[0] for row in tenant.call("POST", "/v1/sql", query | more).json()["rows"]]
        for more in ({"as_of": then}, {})
    )

    assert ("Nobody said this." in before, "Nobody said this." in now) == (True, False)


def test_secrets_stay_out(tenant: Tenant, tell: Tell) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    session = captured(tenant, lines=[line.replace('"text":"', f'"text":"{token} ') for line in RECORD])
    tell(tenant, session)

    assert token not in str(messages(tenant, session)) + str(said(tenant, session))


def test_a_message_that_is_named_by_what_it_says_is_known_again_without_its_secret(tenant: Tenant, tell: Tell) -> None:
    thread, token = str(uuid4()), "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    contents = [f"Log in with {token}, please.", "Is it in order?", f"And {token} again?"]
    items = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": one}]} for one in contents]
    records = [{"type": "session_meta", "payload": {"id": thread}}]
    records += [{"type": "response_item", "payload": one} for one in items]
    lines = [json.dumps(one | {"timestamp": "2026-11-20T10:00:00.000Z"}) for one in records]
    [told] = reader_of("codex").read("\n".join(lines).encode(), name=f"rollout-{thread}.jsonl")
    new = {"project_id": str(tenant.project_id), "tool": "codex", "external_id": thread}
    said_there = [msgspec.to_builtins(one) for one in normalised(told).messages]
    session = tenant.call("POST", "/v1/sessions", new | {"messages": said_there}).json()["session"]["id"]
    tenant.call("PUT", f"/v1/sessions/{session}/record", {"reader": "codex/1", "line": 0, "lines": lines})
    before = messages(tenant, session)
    tell(tenant, session)
    tell(tenant, session)

    assert before == messages(tenant, session)
    assert (3, f"codex/{reader_of('codex').VERSION}") == (len(before), show(tenant, session)["reader"])


def test_what_another_text_said_in_the_same_line_stays_what_it_is(tenant: Tenant, tell: Tell) -> None:
    thread = str(uuid4())
    payload = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Is it in order?"}]}
    records = [{"type": "session_meta", "payload": {"id": thread}}, {"type": "response_item", "payload": payload}]
    lines = [json.dumps(one | {"timestamp": "2026-11-20T10:00:00.000Z"}) for one in records]
    other = {"role": "user", "content": "Ship it.", "external_id": "old", "metadata": {"source": "2 at 90+9 sha256:a"}}
    new = {"project_id": str(tenant.project_id), "tool": "codex", "external_id": thread, "messages": [other]}
    session = tenant.call("POST", "/v1/sessions", new).json()["session"]["id"]
    tenant.call("PUT", f"/v1/sessions/{session}/record", {"reader": "codex/1", "line": 0, "lines": lines})
    tell(tenant, session)

    assert {"Is it in order?", "Ship it."} == {one["content"] for one in messages(tenant, session)}


def test_a_record_that_ends_before_what_is_there_takes_nothing_back(
    tenant: Tenant, settle_events: Callable[[], int]
) -> None:
    session = went_back(tenant, settle_events)
    later = {"role": "user", "content": "And now?", "external_id": "later", "created_at": "2100-01-01T00:00:00Z"}
    tenant.call("POST", f"/v1/sessions/{session}/messages", {"messages": [later]})
    settle_events()

    assert ("prompt", "reply") == (kinds(tenant, session)["gone"], kinds(tenant, session)["gone too"])


@pytest.mark.parametrize(
    ("lines", "why"),
    [(["nothing of a tool's"], "not a Claude Code session"), (None, "does not tell of this conversation")],
)
def test_a_record_that_cannot_be_read_leaves_all_as_it_is_and_says_so(
    tenant: Tenant, tell: Tell, lines: list[str] | None, why: str
) -> None:
    session = captured(tenant, lines=lines or RECORD, external_id=NAME if lines else str(uuid4()))
    before = said(tenant, session)
    tell(tenant, session)
    shown: dict[str, Any] = show(tenant, session)

    assert (before, f"claude-code/{VERSION}") == (said(tenant, session), shown["reader"])
    assert why in shown["problem"]
    assert [] == tenant.call("GET", "/v1/admin/dead-letters").json()["items"]


def test_a_record_of_others_and_one_that_is_gone_are_passed_over(
    tenant: Tenant, other_tenant: Tenant, tell: Tell
) -> None:
    theirs, gone = captured(other_tenant), captured(tenant)
    before = said(other_tenant, theirs)
    tenant.call("DELETE", f"/v1/sessions/{gone}")
    tell(tenant, theirs)
    tell(tenant, gone)

    assert (before, "claude-code/1") == (said(other_tenant, theirs), show(other_tenant, theirs)["reader"])


BEHIND = [
    {"role": "user", "content": "We decided to use Postgres for the queue instead of Redis.", "external_id": "gone"},
    {"role": "assistant", "content": "Noted.", "external_id": "gone too"},
]


def went_back(
    tenant: Tenant, settle_events: Callable[[], int], *, reader: str = f"claude-code/{VERSION}", **more: Any
) -> str:
    """Store a session as it stood before its last turn was taken back, learn from it, and bring its record."""
    root, *_ = (json.loads(line) for line in RECORD if '"parentUuid"' in line)
    [said_of, *_] = (json.loads(line) for line in RECORD if '"type":"user"' in line)
    behind = [
        said_of
        | {
            "uuid": one["external_id"],
            "parentUuid": parent,
            "message": {"role": one["role"], "content": one["content"]},
        }
        for parent, one in zip((root["uuid"], BEHIND[0]["external_id"]), BEHIND, strict=True)
    ]
    first = next(n for n, line in enumerate(RECORD) if '"parentUuid"' in line) + 1
    told = [msgspec.to_builtins(one) for one in read().messages]
    new = {
        "project_id": str(tenant.project_id),
        "tool": "claude-code",
        "external_id": NAME,
        "messages": [*told, *BEHIND],
    }
    session = tenant.call("POST", "/v1/sessions", new | more).json()["session"]["id"]
    tenant.call("POST", f"/v1/sessions/{session}/complete")
    settle_events()
    lines = [*RECORD[:first], *map(json.dumps, behind), *RECORD[first:]]
    put = {"reader": reader, "line": 0, "lines": lines, "read_again": True}
    assert 200 == tenant.call("PUT", f"/v1/sessions/{session}/record", put).status_code
    return session


def kinds(tenant: Tenant, session: str) -> dict[str, str]:
    return {one["external_id"]: one["kind"] for one in messages(tenant, session)}


def test_what_the_record_leaves_behind_stays_and_what_it_taught_goes(
    tenant: Tenant, settle_events: Callable[[], int], rows: Rows
) -> None:
    session = went_back(tenant, settle_events)
    before = (learned(tenant), kinds(tenant, session))
    settle_events()
    after = messages(tenant, session)
    [review] = tenant.call("GET", "/v1/reviews?state=settled").json()["items"]

    assert (1, "prompt", "reply") == (len(before[0]), before[1]["gone"], before[1]["gone too"])
    assert {"gone": "prompt", "gone too": "reply"} == {
        one["external_id"]: one["metadata"]["left_behind"]
        for one in after
        if one["kind"] == "meta" and "left_behind" in one["metadata"]
    }
    assert ({}, "left_behind", [*before[0]]) == (learned(tenant), review["kind"], [review["memory"]["id"]])
    assert {"gone", "gone too"} == {one["external_id"] for one in rows.of("message_versions", tenant)}


def test_what_a_newer_reader_leaves_behind_waits_until_this_server_reads_so_too(
    tenant: Tenant, settle_events: Callable[[], int], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = went_back(tenant, settle_events, reader=f"claude-code/{VERSION + 1}")
    settle_events()
    waiting, before = show(tenant, session), kinds(tenant, session)
    monkeypatch.setattr(reader_of("claude-code"), "VERSION", VERSION + 1)
    tell(tenant, session)
    after = show(tenant, session)

    assert ("prompt", f"claude-code/{VERSION}") == (before["gone"], waiting["reader"])
    assert "once the server was upgraded" in waiting["problem"]
    assert ("meta", f"claude-code/{VERSION + 1}") == (kinds(tenant, session)["gone"], after["reader"])
    assert after["problem"] is None


def test_a_name_made_of_what_was_left_behind_is_made_anew(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    session = went_back(tenant, settle_events, title=BEHIND[0]["content"])
    settle_events()

    assert read().messages[0].content == tenant.call("GET", f"/v1/sessions/{session}").json()["title"]


def test_what_was_left_behind_is_not_found(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    def hits() -> list[str]:
        asked = {"query": "Postgres for the queue", "project_ids": [str(tenant.project_id)]}
        found = tenant.call("POST", "/v1/search/hybrid", asked).json()["hits"]
        return [one["snippet"] for one in found if "Postgres" in one["snippet"]]

    went_back(tenant, settle_events)
    before = len(hits())
    settle_events()

    assert (2, 0) == (before, len(hits()))


def test_what_goes_on_again_is_as_it_was(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    session = went_back(tenant, settle_events)
    [memory] = learned(tenant)
    settle_events()
    [line, *_] = (one for one in RECORD if '"type":"user"' in one)
    last = read().messages[-1].external_id
    on = json.loads(line) | {
        "uuid": "gone",
        "parentUuid": last,
        "message": {"role": "user", "content": BEHIND[0]["content"]},
    }
    put = {"reader": f"claude-code/{VERSION}", "line": 0, "lines": [*RECORD, json.dumps(on)], "read_again": True}
    tenant.call("PUT", f"/v1/sessions/{session}/record", put)
    settle_events()

    assert ([memory], "prompt") == ([*learned(tenant)], kinds(tenant, session)["gone"])


def test_nobody_else_s_is_touched_by_what_one_leaves_behind(
    tenant: Tenant, other_tenant: Tenant, settle_events: Callable[[], int]
) -> None:
    new = {"project_id": str(other_tenant.project_id), "tool": "claude-code", "external_id": NAME, "messages": BEHIND}
    theirs = other_tenant.call("POST", "/v1/sessions", new).json()["session"]["id"]
    other_tenant.call("POST", f"/v1/sessions/{theirs}/complete")
    settle_events()
    before = (learned(other_tenant), messages(other_tenant, theirs))
    session = went_back(tenant, settle_events)
    refused = other_tenant.call(
        "PUT", f"/v1/sessions/{session}/record", {"reader": "claude-code/1", "line": 0, "lines": [], "read_again": True}
    )
    settle_events()

    assert (404, 1) == (refused.status_code, len(before[0]))
    assert before == (learned(other_tenant), messages(other_tenant, theirs))


DECIDED = "We decided to use Postgres for the queue instead of Redis."
TOLD = [line.replace("list the files please", DECIDED) for line in RECORD]


def learned(tenant: Tenant) -> dict[str, str]:
    """Give the decisions about a queue that are known, by their ids."""
    found = tenant.call("GET", "/v1/memories?type=decision").json()["items"]
    return {one["id"]: one["content"] for one in found if "queue" in one["content"]}


def test_what_is_read_now_is_learned_once(tenant: Tenant, settle_events: Callable[[], int], tell: Tell) -> None:
    session = captured(tenant, lines=TOLD)
    settle_events()
    before = learned(tenant)
    tell(tenant, session)
    once = learned(tenant)
    tenant.call("PATCH", f"/v1/sessions/{session}", {"title": "The queue"})
    tenant.call("PUT", f"/v1/sessions/{session}/record", {"reader": "claude-code/1", "line": 0, "lines": TOLD})
    tell(tenant, session)

    assert ({}, 1, once) == (before, len(once), learned(tenant))
    assert "Postgres" in next(iter(once.values()))


@pytest.mark.parametrize("change", ["content", "deleted"])
def test_what_people_made_of_what_was_learned_stays(
    tenant: Tenant, settle_events: Callable[[], int], tell: Tell, change: str
) -> None:
    session = captured(tenant, right=True, lines=TOLD, reader=f"claude-code/{VERSION}")
    more = {"role": "user", "content": DECIDED, "external_id": "more"}
    tenant.call("POST", f"/v1/sessions/{session}/messages", {"messages": [more]})
    tenant.call("POST", f"/v1/sessions/{session}/complete")
    settle_events()
    [memory] = learned(tenant)
    if change == "deleted":
        tenant.call("DELETE", f"/v1/memories/{memory}")
    else:
        tenant.call("PATCH", f"/v1/memories/{memory}", {"content": "The queue is RabbitMQ."})
    before = learned(tenant)
    tenant.call("PUT", f"/v1/sessions/{session}/record", {"reader": "claude-code/1", "line": 0, "lines": TOLD})
    tell(tenant, session)

    assert DECIDED in [one["content"] for one in messages(tenant, session)]
    assert before == learned(tenant)


@pytest.mark.parametrize("change", ["content", "deleted"])
def test_what_people_made_of_what_it_only_proved_stays(
    tenant: Tenant, settle_events: Callable[[], int], tell: Tell, change: str
) -> None:
    more = {"messages": [{"role": "user", "content": DECIDED, "external_id": "more"}]}
    wanted = {"project_id": str(tenant.project_id), "tool": "claude-code", "external_id": str(uuid4())}
    first = tenant.call("POST", "/v1/sessions", wanted).json()["session"]["id"]
    second = captured(tenant, right=True, lines=TOLD, reader=f"claude-code/{VERSION}")
    for session in (first, second):
        tenant.call("POST", f"/v1/sessions/{session}/messages", more)
        tenant.call("POST", f"/v1/sessions/{session}/complete")
        settle_events()
    [memory] = learned(tenant)
    proofs = tenant.call("GET", f"/v1/memories/{memory}").json()["provenance"]
    if change == "deleted":
        tenant.call("DELETE", f"/v1/memories/{memory}")
    else:
        tenant.call("PATCH", f"/v1/memories/{memory}", {"content": "The queue is RabbitMQ."})
    before = learned(tenant)
    tenant.call("PUT", f"/v1/sessions/{second}/record", {"reader": "claude-code/1", "line": 0, "lines": TOLD})
    tell(tenant, second)

    assert [first, second] == [proof["session_id"] for proof in proofs]
    assert before == learned(tenant)


def test_what_its_machine_learned_its_machine_learns_again(
    tenant: Tenant, settle_events: Callable[[], int], tell: Tell
) -> None:
    session = captured(tenant, lines=TOLD)
    settle_events()
    of_machine = {"id": str(uuid5(tenant.project_id, "memory")), "provenance": [{"session_id": session}]}
    tenant.call(
        "POST", "/v1/memories", of_machine | {"project_id": str(tenant.project_id), "content": "Staging uses 5433."}
    )
    tell(tenant, session)

    assert {} == learned(tenant)


def test_another_tenants_session_teaches_it_alone(
    tenant: Tenant, other_tenant: Tenant, settle_events: Callable[[], int], tell: Tell
) -> None:
    session = captured(other_tenant, lines=TOLD)
    settle_events()
    tell(other_tenant, session)

    assert ({}, 1) == (learned(tenant), len(learned(other_tenant)))
