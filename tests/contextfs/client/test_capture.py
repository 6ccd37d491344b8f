"""A conversation of any length is stored once, however often and however interrupted it is sent."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.client import ContextFS, NewMessage, Retries, Unavailable, capture
from tests.conftest import Tenant
from tests.contextfs.client.flaky import flaky


def said(count: int, *, start: int = 0) -> list[NewMessage]:
    """Write a conversation."""
    return [
        NewMessage(role="user" if n % 2 == 0 else "assistant", content=f"Line {n}.", external_id=f"m{n}")
        for n in range(start, start + count)
    ]


@given(lengths=st.lists(st.integers(0, 3_000_000), max_size=12))
def test_batches_hold_every_message_once_in_order_and_no_more_than_allowed(lengths: list[int]) -> None:
    messages = [NewMessage(role="user", content="x" * length) for length in lengths]

    parts = list(capture.batches(messages))

    assert messages == [message for part in parts for message in part]
    assert all(
        len(part) == 1 or sum(len(msgspec.json.encode(one)) for one in part) <= capture.MOST_BYTES for part in parts
    )


def test_batches_are_no_longer_than_500_messages() -> None:
    assert [500, 500, 201] == [len(part) for part in capture.batches(said(1201))]


def test_a_long_conversation_is_stored_whole_and_closed(client: ContextFS) -> None:
    captured = client.sessions.capture("terminal", "long", said(1201), input_tokens=7)

    assert (True, 1201, 0) == (captured.created, captured.added, captured.present)
    assert (1202, "completed", 1201) == (
        captured.receipt.stored,
        captured.session.status,
        captured.session.message_count,
    )
    assert [f"Line {n}." for n in range(1201)] == [one.content for one in client.sessions.messages(captured.session.id)]


def test_the_second_time_adds_nothing(client: ContextFS) -> None:
    first = client.sessions.capture("terminal", "again", said(10))
    second = client.sessions.capture("terminal", "again", said(10))

    assert (False, 0, 10) == (second.created, second.added, second.present)
    assert first.session == second.session


def test_a_conversation_that_went_on_grows(client: ContextFS) -> None:
    client.sessions.capture("terminal", "on", said(4), output_tokens=10)
    grown = client.sessions.capture("terminal", "on", said(6), output_tokens=15)

    assert (True, 2, 4) == (grown.grown, grown.added, grown.present)
    assert ("completed", 6, 15) == (grown.session.status, grown.session.message_count, grown.session.output_tokens)


def test_messages_without_an_id_are_known_by_their_place(client: ContextFS) -> None:
    nameless = [NewMessage(role="user", content="One."), NewMessage(role="assistant", content="Two.")]
    client.sessions.capture("terminal", "nameless", nameless)

    assert client.sessions.capture("terminal", "nameless", nameless).added == 0


def test_a_capture_without_messages_makes_its_session(client: ContextFS) -> None:
    first = client.sessions.capture("terminal", "empty", [])

    assert (True, 0) == (first.created, first.added)
    assert not client.sessions.capture("terminal", "empty", []).created


def test_it_may_stay_open(client: ContextFS) -> None:
    assert client.sessions.capture("terminal", "open", said(1), complete=False).session.status == "open"


def test_a_capture_that_broke_off_is_ended_by_the_next(api_url: str, tenant: Tenant, client: ContextFS) -> None:
    with (
        flaky(api_url, "pass", "drop the request") as proxy,
        ContextFS(proxy.url, tenant.key, project_id=tenant.project_id, retries=Retries(attempts=1)) as caller,
        pytest.raises(Unavailable),
    ):
        caller.sessions.capture("terminal", "broken", said(700))

    whole = client.sessions.capture("terminal", "broken", said(700))

    assert (False, 200, 500, "completed") == (whole.created, whole.added, whole.present, whole.session.status)
