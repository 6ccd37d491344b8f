"""What is done is sent to where the organization wants it: at least once, in the order of the chain, signed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from contextfs.domain.audit import retention
from contextfs.journeys.keep import sending
from contextfs.journeys.keep.audit import seal
from contextfs.journeys.keep.retention import cut
from contextfs.kit.errors import Unavailable
from contextfs.runtime.wiring import Wiring
from functions.schedules import stream_audit
from tests.conftest import Tenant
from tests.functions.audit_stream.conftest import PATH, TRIGGER, Carry, Time, act, sealed, stream_to
from tests.functions.audit_stream.receiver import Receiver
from tests.functions.conftest import Rows


def test_what_is_done_arrives_signed_and_in_order(owner: Tenant, receiver: Receiver, carry: Carry, rows: Rows) -> None:
    secret = stream_to(owner, receiver)["secret"]
    act(owner, 3)
    carry()
    carry()
    (message,) = receiver.messages
    first, second, *_ = message.events

    assert message.is_signed_by(secret)
    assert message.headers["content-type"] == "application/cloudevents-batch+json"
    assert receiver.positions == sealed(rows, owner) == [1, 2, 3, 4]
    assert (first["specversion"], first["type"]) == ("1.0", "contextfs.audit.audit_stream.set")
    assert (second["type"], second["source"]) == (
        "contextfs.audit.project.created",
        f"/contextfs/organizations/{owner.org_id}",
    )
    assert second["subject"] == second["data"]["subject"]
    assert second["sequence"] == "0000000000000000002"


def test_a_new_stream_begins_with_what_comes_or_with_all(owner: Tenant, receiver: Receiver, carry: Carry) -> None:
    act(owner, 2)
    carry()
    stream_to(owner, receiver)
    carry()
    begun = list(receiver.positions)
    stream_to(owner, receiver, backfill=True)
    carry()

    assert begun == [3]
    assert receiver.positions == [3, 1, 2, 3, 4]


def test_each_organization_gets_its_own_alone(
    owner: Tenant, other_owner: Tenant, receiver: Receiver, carry: Carry
) -> None:
    theirs = Receiver()
    stream_to(owner, receiver)
    stream_to(other_owner, theirs, format="ocsf")
    act(owner, 2)
    act(other_owner, 1)
    carry()
    theirs.close()

    assert {event["source"].rpartition("/")[2] for event in receiver.events} == {str(owner.org_id)}
    assert {event["metadata"]["tenant_uid"] for event in theirs.events} == {str(other_owner.org_id)}
    assert (len(receiver.events), len(theirs.events)) == (3, 2)


def test_a_crash_between_sending_and_noting_sends_again_and_loses_nothing(
    owner: Tenant, receiver: Receiver, carry: Carry, time: Time, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream_to(owner, receiver)
    act(owner, 2)

    def crash(*_: Any) -> None:
        raise Unavailable("the process is gone")

    with monkeypatch.context() as broken:
        broken.setattr(sending.streams, "delivered", crash)
        with pytest.raises(AssertionError):
            carry()
    time.passed += timedelta(minutes=3)
    act(owner, 1)
    carry()
    ids = [message.headers["webhook-id"] for message in receiver.messages]

    assert receiver.positions[:3] == [1, 2, 3]
    assert sorted(set(receiver.positions)) == sealed(rows, owner) == [1, 2, 3, 4]
    assert len(ids) == len(receiver.messages) >= 2


def test_no_transaction_is_open_while_the_destination_is_asked(
    owner: Tenant, receiver: Receiver, carry: Carry, rows: Rows
) -> None:
    stream_to(owner, receiver)
    act(owner, 2)
    receiver.held.clear()
    with ThreadPoolExecutor(1) as pool:
        carried = pool.submit(carry)
        assert receiver.arrived.wait(20)
        opened = rows.connection.execute(
            "select query from pg_stat_activity where datname = current_database()"
            " and usename like 'contextfs%%' and state like 'idle in transaction%%'"
        ).fetchall()
        receiver.held.set()
        carried.result()

    assert opened == []
    assert receiver.positions == sealed(rows, owner) == [1, 2, 3]


def test_connections_that_are_cut_while_it_sends_lose_nothing(
    owner: Tenant, receiver: Receiver, carry: Carry, time: Time, rows: Rows
) -> None:
    """The server of the database ends the connections of the sender, which has sent and has not noted it."""
    stream_to(owner, receiver)
    act(owner, 2)
    receiver.held.clear()

    def cut_them() -> None:
        assert receiver.arrived.wait(20)
        rows.connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = 'contextfs_app' and datname = current_database()"
        )
        receiver.held.set()

    thread = threading.Thread(target=cut_them)
    thread.start()
    with suppress(AssertionError, Unavailable, psycopg.Error):  # a pool may notice, and connect anew
        carry()
    thread.join()
    time.passed += timedelta(minutes=4)
    carry()

    assert sorted(set(receiver.positions)) == sealed(rows, owner) == [1, 2, 3]
    assert owner.call("GET", PATH).json()["behind"] == 0


def test_an_entry_that_is_refused_is_skipped_and_told_and_what_follows_goes_on(
    owner: Tenant, receiver: Receiver, carry: Carry, time: Time, rows: Rows
) -> None:
    stream_to(owner, receiver)
    act(owner, 5)
    receiver.disliked = {3}
    carry()
    waiting = owner.call("GET", PATH).json()
    time.passed += timedelta(minutes=1)
    carry()
    carry()
    shown = owner.call("GET", PATH).json()
    (told,) = [row for row in rows.of("audit_log", owner) if row["action"] == "audit_stream.skipped"]

    assert (waiting["state"], waiting["delivered_to"], waiting["skipped"]) == ("failing", 2, 0)
    assert waiting["last_error"] == "The destination answered with status 413."
    assert (shown["state"], shown["skipped"], shown["last_skipped"], shown["behind"]) == ("current", 1, 3, 0)
    assert told["details"] == {"position": 3}
    assert [one for one in receiver.positions if one is not None] == [1, 2, 4, 5, 6, 7]
    assert sealed(rows, owner) == [1, 2, 3, 4, 5, 6, 7]


def test_who_refuses_a_test_as_well_misses_nothing(
    owner: Tenant, receiver: Receiver, carry: Carry, time: Time, rows: Rows
) -> None:
    """The destination is set up wrong: no entry is to blame."""
    stream_to(owner, receiver)
    act(owner, 2)
    receiver.statuses = [400] * 12
    for _ in range(4):
        carry()
        time.passed += timedelta(minutes=5)
    failing = owner.call("GET", PATH).json()
    receiver.statuses = []
    time.passed += timedelta(hours=1)
    carry()

    assert (failing["state"], failing["skipped"], failing["delivered_to"]) == ("failing", 0, 0)
    assert [one for one in receiver.positions if one is not None] == sealed(rows, owner) == [1, 2, 3]


def test_what_is_sent_again_by_a_backfill_is_no_repetition(owner: Tenant, receiver: Receiver, carry: Carry) -> None:
    stream_to(owner, receiver, backfill=True)
    carry()
    stream_to(owner, receiver, backfill=True)
    carry()
    ids = [(message.headers["webhook-id"], message.events[0]["data"]["position"]) for message in receiver.messages]

    assert [1, 1] == [position for _, position in ids]
    assert 2 == len({one for one, _ in ids})


def test_who_is_slow_is_given_time_before_the_next_batch(
    owner: Tenant, receiver: Receiver, carry: Carry, time: Time, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_QUICK", 0.0)
    monkeypatch.setattr(sending, "_REST", 100_000)
    monkeypatch.setattr(sending, "_AT_ONCE", 2)
    stream_to(owner, receiver)
    act(owner, 3)
    carry()
    carry()
    paced = list(receiver.positions)
    time.passed += timedelta(days=1)
    carry()

    assert (paced, receiver.positions) == ([1, 2], [1, 2, 3, 4])


def test_who_is_down_is_left_alone_for_longer_and_longer_and_misses_nothing(
    owner: Tenant, other_owner: Tenant, receiver: Receiver, carry: Carry, time: Time, rows: Rows
) -> None:
    gone = Receiver()
    stream_to(owner, gone)
    gone.close()
    stream_to(other_owner, receiver)
    pauses: list[float] = []
    shown: Any = None
    for _ in range(9):
        act(owner, 1)
        act(other_owner, 1)
        carry()
        shown = owner.call("GET", PATH).json()
        pauses.append((_moment(shown["next_at"]) - _moment(shown["last_error_at"])).total_seconds())
        time.passed += timedelta(seconds=pauses[-1])
    other = other_owner.call("GET", PATH).json()
    back = Receiver()
    stream_to(owner, back)
    carry()
    now = owner.call("GET", PATH).json()
    back.close()

    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert (shown["state"], shown["failures"], shown["behind"]) == ("failing", 9, 10)
    assert "does not answer (ConnectError)" in shown["last_error"]
    assert (other["state"], other["behind"], other["last_error"]) == ("current", 0, None)
    assert back.positions == sealed(rows, owner)
    assert (now["state"], now["behind"], now["delivered_to"]) == ("current", 0, back.positions[-1])


@pytest.mark.parametrize("status", [302, 400, 401, 410, 429, 500, 503])
def test_who_refuses_gets_it_again(
    status: int, owner: Tenant, receiver: Receiver, carry: Carry, time: Time, rows: Rows
) -> None:
    stream_to(owner, receiver)
    receiver.statuses, receiver.location = [status], "http://127.0.0.1:1/elsewhere"
    carry()
    shown = owner.call("GET", PATH).json()
    time.passed += timedelta(minutes=1)
    carry()

    assert (shown["state"], shown["last_error"]) == ("failing", f"The destination answered with status {status}.")
    assert receiver.positions == sealed(rows, owner)


def test_a_slow_receiver_holds_up_neither_the_api_nor_the_log(
    owner: Tenant, streaming: Wiring, receiver: Receiver, carry: Carry, rows: Rows
) -> None:
    stream_to(owner, receiver)
    receiver.held.clear()
    platform = streaming.platform()
    with ThreadPoolExecutor(1) as pool:
        carried = pool.submit(carry)
        assert receiver.arrived.wait(20)
        act(owner, 2)
        more = seal(platform)
        changed = owner.call("PUT", PATH, {"url": receiver.url, "format": "cloudevents"})
        seal(platform)
        receiver.held.set()
        carried.result()
    platform.close()
    carry()

    assert (more, changed.status_code) == (2, 200)
    assert receiver.positions == sealed(rows, owner) == [1, 2, 3, 4]


def test_a_receiver_that_is_too_slow_is_told(
    owner: Tenant, receiver: Receiver, streaming: Wiring, carry: Carry
) -> None:
    stream_to(owner, receiver)
    assert streaming.services.webhooks is not None
    streaming.services.webhooks()._seconds = 0.2  # pyright: ignore[reportAttributeAccessIssue] - the whole time is fifteen seconds
    receiver.held.clear()
    carry()
    shown = owner.call("GET", PATH).json()
    receiver.held.set()

    assert shown["state"] == "failing"
    assert "(too slow)" in shown["last_error"]


def test_a_long_backlog_goes_in_batches(owner: Tenant, receiver: Receiver, carry: Carry, rows: Rows) -> None:
    rows.connection.execute(
        "insert into contextfs.audit_log (org_id, id, at, actor_id, actor, action, request_id, details)"
        " select %s, gen_random_uuid(), now(), %s, 'test', 'memory.created', 'r', '{}' from generate_series(1, 250)",
        [owner.org_id, owner.user_id],
    )
    stream_to(owner, receiver, backfill=True)
    carry()

    assert [len(message.events) for message in receiver.messages] == [100, 100, 51]
    assert receiver.positions == sealed(rows, owner) == list(range(1, 252))


def test_the_order_is_that_of_the_chain_whoever_writes_at_once(
    owner: Tenant, receiver: Receiver, streaming: Wiring, carry: Carry, rows: Rows
) -> None:
    """Four write, two seal and carry, while a double of each event comes."""
    stream_to(owner, receiver)
    with ThreadPoolExecutor(5) as pool:
        done = [pool.submit(act, owner, 8) for _ in range(4)]
        while not all(one.done() for one in done):
            carry()
        for one in done:
            one.result()
    carry()

    assert receiver.positions == sealed(rows, owner)
    assert len(receiver.positions) == 33


def test_the_same_event_twice_sends_once(owner: Tenant, receiver: Receiver, streaming: Wiring, rows: Rows) -> None:
    """A crash after the event was published and before that was noted publishes it again."""
    stream_to(owner, receiver)
    platform = streaming.platform()
    bus = Remembering()
    seal(platform)
    with pytest.raises(Unavailable):
        stream_audit.handle(replace(streaming.sweep(platform, bus), bus=Crashing(bus)))
    stream_audit.handle(streaming.sweep(platform, bus))
    platform.close()
    taken = [streaming.reactor.react(TRIGGER, event) for event in bus.events if event.org_id == owner.org_id]

    assert taken == [True, False]
    assert receiver.positions == sealed(rows, owner)


def test_what_was_not_delivered_is_not_cut(
    owner: Tenant, receiver: Receiver, streaming: Wiring, carry: Carry, time: Time, rows: Rows
) -> None:
    """A destination that is down for longer than the log is kept misses nothing."""
    stream_to(owner, receiver)
    act(owner, 2)
    carry()
    receiver.statuses = [500] * 9
    act(owner, 2)
    owner.call("PUT", "/v1/admin/audit-logs/retention", {"keep_days": 30})
    carry()
    time.passed += timedelta(days=60)
    platform = streaming.platform()
    key = streaming.services.key_pepper
    cut(platform, None, key, streaming.clock, streaming.services.entropy)
    left = sealed(rows, owner)
    receiver.statuses = []
    carry()
    cut(platform, None, key, streaming.clock, streaming.services.entropy)
    platform.close()

    assert left == [4, 5, 6]
    assert receiver.positions == [1, 2, 3, 4, 5, 6, 7], "with the entry that tells of the first cut"
    assert sealed(rows, owner) == [7]
    assert owner.call("GET", "/v1/admin/audit-logs/verify").json()["intact"]


def test_what_a_stream_begins_anew_with_is_not_cut_though_it_was_to_be(
    owner: Tenant, other_owner: Tenant, receiver: Receiver, streaming: Wiring, carry: Carry, time: Time, rows: Rows
) -> None:
    """What may be cut is asked first: a stream that is set from the start before it is cut has still to deliver it."""
    for one in (owner, other_owner):
        stream_to(one, receiver)
        one.call("PUT", "/v1/admin/audit-logs/retention", {"keep_days": 30})
    carry()
    before = sealed(rows, owner)
    time.passed += timedelta(days=60)
    platform, now = streaming.platform(), streaming.clock()
    with platform.transaction() as (tx, _):
        due = {one.org_id: one for one in retention.to_cut(tx, now)}
    stream_to(owner, receiver, backfill=True)
    gone: list[bool] = []
    for one in (owner, other_owner):
        with platform.transaction() as (tx, _):
            gone.append(retention.cut(tx, due[one.org_id], b"signature", now=now, entry_id=uuid4()) > 0)
    platform.close()
    receiver.messages.clear()
    carry()

    theirs = [one for one in receiver.messages if str(owner.org_id) in one.headers["webhook-id"]]
    assert gone == [False, True]
    assert [event["data"]["position"] for one in theirs for event in one.events][: len(before)] == before


class Remembering:
    """A bus that keeps what is published."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def publish(self, events: Any) -> None:
        """Keep them."""
        self.events += events

    def close(self) -> None:
        """Do nothing."""


class Crashing:
    """A bus in a process that ends when it has published."""

    def __init__(self, bus: Remembering) -> None:
        self._bus = bus

    def publish(self, events: Any) -> None:
        """Publish, and be gone."""
        self._bus.publish(events)
        raise Unavailable("the process is gone")

    def close(self) -> None:
        """Do nothing."""


def _moment(text: str) -> Any:
    return datetime.fromisoformat(text)
