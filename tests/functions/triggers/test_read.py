"""A language model, where there is one, reads completed sessions: inside of a cap, and each call is written down."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from contextfs.adapters.language_models.openai import OpenAILanguageModel
from contextfs.kit.call import Language
from contextfs.kit.errors import Unavailable
from contextfs.kit.events import Event
from contextfs.runtime.events.reaction import Reactor
from contextfs.runtime.wiring import Wiring, triggers
from tests.completions import Upstream, listening
from tests.conftest import Tenant
from tests.functions.conftest import Rows

READ = next(trigger for trigger in triggers() if trigger.name == "triggers.read")
SAID = "From now on we sign tokens with RS256, since HS256 leaked twice."
MEMORY = {
    "type": "decision",
    "content": "Tokens are signed with RS256.",
    "turn": 0,
    "quote": "we sign tokens with RS256",
    "confidence": 0.97,
    "key": None,
    "value": None,
}


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """Give an endpoint that finds one decision in whatever it reads."""
    with listening() as found:
        found.says({"memories": [MEMORY]}, input_tokens=1_000_000, output_tokens=100_000)
        yield found


@pytest.fixture
def reading(wiring: Wiring, upstream: Upstream) -> Callable[..., Reactor]:
    """Give a function that makes a reactor whose language model costs a dollar for a million tokens in, two out."""

    def make(cap: float = 10.0) -> Reactor:
        model = OpenAILanguageModel("small", url=upstream.url)
        language = Language(model=model, input_price=1.0, output_price=2.0, cap=cap)
        return Reactor(replace(wiring.services, language=lambda: language), wiring.clock)

    return make


def completed(tenant: Tenant, rows: Rows, *said: str, **wanted: Any) -> Event:
    """Complete a session in which something is said; give the event that tells of it."""
    messages = [{"role": "user", "content": text} for text in said or (SAID,)]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": messages} | wanted
    session = tenant.call("POST", "/v1/sessions", body).json()["session"]
    tenant.call("POST", f"/v1/sessions/{session['id']}/complete")
    (told,) = (
        row
        for row in rows.of("outbox", tenant)
        if row["type"] == "session.completed" and str(row["subject"]) == session["id"]
    )
    return Event(**{name: told[name] for name in Event.__struct_fields__})


def calls(tenant: Tenant) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = tenant.call("GET", "/v1/admin/model-calls").json()["items"]
    return items


def learned(tenant: Tenant) -> list[str]:
    return [memory["content"] for memory in tenant.call("GET", "/v1/memories").json()["items"]]


def test_what_is_found_becomes_a_memory_with_its_proof_and_the_call_is_written_down(
    tenant: Tenant, rows: Rows, reading: Callable[..., Reactor]
) -> None:
    event = completed(tenant, rows)

    reading().react(READ, event)

    (memory,) = tenant.call("GET", "/v1/memories").json()["items"]
    (message,) = rows.of("messages", tenant)
    (call,) = calls(tenant)

    assert (memory["content"], memory["metadata"]["learned_by"]) == (MEMORY["content"], "small")
    assert memory["provenance"][0]["message_ids"] == [str(message["id"])]
    assert (call["state"], call["input_tokens"], call["output_tokens"]) == ("done", 1_000_000, 100_000)
    assert call["dollars"] == pytest.approx(1.2)


def test_what_was_read_is_not_read_again(tenant: Tenant, rows: Rows, reading: Callable[..., Reactor]) -> None:
    event = completed(tenant, rows)
    reading().react(READ, event)
    again = structs.replace(event, id=tenant.org_id)

    reading().react(READ, again)

    assert len(calls(tenant)) == 1


def test_a_long_session_is_read_part_by_part(
    tenant: Tenant, rows: Rows, reading: Callable[..., Reactor], upstream: Upstream
) -> None:
    event = completed(tenant, rows, SAID, *(f"Number {n}. {'word ' * 700}" for n in range(9)))
    reading().react(READ, event)
    (more,) = (row for row in rows.of("outbox", tenant) if row["type"] == "reading.continued")

    reading().react(READ, Event(**{name: more[name] for name in Event.__struct_fields__}))

    texts = [asked["messages"][1]["content"] for asked in upstream.asked]
    assert len(texts) == 2
    assert all("".join(texts).count(f"Number {n}.") == 1 for n in range(9))


def test_at_the_cap_the_model_is_not_asked_and_the_ledger_says_so(
    tenant: Tenant, rows: Rows, reading: Callable[..., Reactor], upstream: Upstream
) -> None:
    reading(cap=0.001).react(READ, completed(tenant, rows))

    (call,) = calls(tenant)

    assert (call["state"], call["dollars"], upstream.asked) == ("refused", 0, [])
    assert learned(tenant) == []


def test_a_call_that_fails_is_written_down_and_tried_again(
    tenant: Tenant, rows: Rows, reading: Callable[..., Reactor], upstream: Upstream
) -> None:
    upstream.answers.insert(0, (503, {}))
    event = completed(tenant, rows)

    with pytest.raises(Unavailable):
        reading().react(READ, event)
    reading().react(READ, event)

    assert [call["state"] for call in calls(tenant)] == ["done", "failed"]
    assert learned(tenant) == [MEMORY["content"]]


def test_an_answer_that_is_no_answer_teaches_nothing_and_is_paid_for(
    tenant: Tenant, rows: Rows, reading: Callable[..., Reactor], upstream: Upstream
) -> None:
    upstream.answers.clear()
    upstream.says("I would rather talk.", input_tokens=500, output_tokens=5)

    reading().react(READ, completed(tenant, rows))

    (call,) = calls(tenant)

    assert (call["state"], call["dollars"]) == ("unusable", pytest.approx(0.00051))
    assert learned(tenant) == []


def test_a_restricted_session_is_not_sent_to_a_model(
    tenant: Tenant, rows: Rows, reading: Callable[..., Reactor], upstream: Upstream
) -> None:
    reading().react(READ, completed(tenant, rows, sensitivity="restricted"))

    assert (upstream.asked, calls(tenant)) == ([], [])


def test_without_a_model_nothing_happens(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    wiring.reactor.react(READ, completed(tenant, rows))

    assert calls(tenant) == []


def test_another_organization_sees_nothing_of_it(
    tenant: Tenant, other_tenant: Tenant, rows: Rows, reading: Callable[..., Reactor]
) -> None:
    reading().react(READ, completed(tenant, rows))

    assert (len(calls(tenant)), calls(other_tenant)) == (1, [])


def test_no_transaction_is_open_while_the_model_thinks(
    tenant: Tenant, rows: Rows, reading: Callable[..., Reactor], upstream: Upstream
) -> None:
    open_ones = (
        "select query from pg_stat_activity where datname = current_database()"
        " and usename like 'contextfs%%' and state like 'idle in transaction%%'"
    )
    seen: list[Any] = []
    upstream.meanwhile = lambda: seen.extend(rows.connection.execute(open_ones).fetchall() or ["none"])

    reading().react(READ, completed(tenant, rows))

    assert ["none"] == seen


@pytest.mark.parametrize(
    "change",
    [("DELETE", None), ("PATCH", {"sensitivity": "restricted"})],
    ids=["deleted", "restricted"],
)
def test_what_may_not_be_read_any_more_teaches_nothing_and_is_paid_for(
    tenant: Tenant, rows: Rows, reading: Callable[..., Reactor], upstream: Upstream, change: tuple[str, Any]
) -> None:
    event = completed(tenant, rows)
    upstream.meanwhile = lambda: tenant.call(change[0], f"/v1/sessions/{event.subject}", change[1])

    reading().react(READ, event)

    assert ([], "done") == (learned(tenant), calls(tenant)[0]["state"])


def test_what_two_read_at_once_is_kept_once(
    tenant: Tenant, rows: Rows, reading: Callable[..., Reactor], upstream: Upstream
) -> None:
    event = completed(tenant, rows)
    both = threading.Barrier(2)
    upstream.says({"memories": [MEMORY | {"content": "Tokens carry RS256 signatures."}]})
    upstream.meanwhile = both.wait
    events: list[Event] = [event, structs.replace(event, id=tenant.org_id)]

    with ThreadPoolExecutor(2) as pool:
        ways = [pool.submit(reading().react, READ, one) for one in events]
        taken = [way.result() for way in ways]

    assert ([True, True], 1) == (taken, len(learned(tenant)))
    assert ["done", "done"] == [call["state"] for call in calls(tenant)]


def test_a_crash_after_the_answer_loses_nothing(tenant: Tenant, rows: Rows, reading: Callable[..., Reactor]) -> None:
    event = completed(tenant, rows)
    moments = iter([reading().clock()])

    with pytest.raises(StopIteration):  # where the event would be taken with the answer
        Reactor(reading().services, lambda: next(moments)).react(READ, event)
    after = (learned(tenant), [call["state"] for call in calls(tenant)])
    reading().react(READ, event)

    assert ([], ["reserved"]) == after
    assert ([MEMORY["content"]], ["done", "reserved"]) == (learned(tenant), [call["state"] for call in calls(tenant)])
