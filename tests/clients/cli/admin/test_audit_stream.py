"""`ctx admin audit-stream`: set, tried, shown, rotated and switched off."""

from collections.abc import Iterator
from typing import Any

import pytest

from contextfs.domain.access.store import assuming
from contextfs.runtime.wiring import Wiring
from tests.clients.cli.conftest import Ctx
from tests.conftest import Tenant
from tests.functions.audit_stream.receiver import Receiver

COMMAND = ("admin", "audit-stream")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver that listens."""
    made = Receiver()
    yield made
    made.close()


def test_a_stream_is_set_tried_and_switched_off(ctx: Ctx, receiver: Receiver) -> None:
    words = ("--format", "ocsf", "--authorization-stdin", "--json")
    made: Any = ctx(*COMMAND, "set", receiver.url, *words, stdin="Splunk s3cret\n").json
    tried = ctx(*COMMAND, "test")
    receiver.statuses = [503]
    failed = ctx(*COMMAND, "test")
    shown = ctx(*COMMAND)
    rotated: Any = ctx(*COMMAND, "rotate", "--grace-hours", "1", "--json").json
    ended = ctx(*COMMAND, "off")
    gone = ctx(*COMMAND)
    (message,) = receiver.messages

    assert message.is_signed_by(made["secret"])
    assert message.headers["authorization"] == "Splunk s3cret"
    assert message.events[0]["class_uid"] == 6003
    assert (tried.code, tried.out) == (0, "The destination took it.\n")
    assert (failed.code, failed.out) == (1, "The destination answered with status 503.\n")
    assert f"The log is sent to {receiver.url} as ocsf: delivering." in shown.out
    assert rotated["secret"] not in {"", made["secret"]}
    assert ended.out == f"The log is no longer sent to {receiver.url}.\n"
    assert gone.out == "The log is not streamed.\n"


@pytest.mark.parametrize("words", [["set"], ["show", "https://siem.example/"], ["set", "http://10.0.0.1/"], ["else"]])
def test_what_is_said_wrong_is_told(words: list[str], ctx: Ctx) -> None:
    told = ctx(*COMMAND, *words)

    assert told.code == 2
    assert told.err.count("\n") <= 2


def test_what_was_skipped_is_shown(ctx: Ctx, receiver: Receiver, wiring: Wiring, tenant: Tenant) -> None:
    ctx(*COMMAND, "set", receiver.url)
    with wiring.services.database.transaction(assuming(tenant.org_id, tenant.org_id)) as (tx, _):
        tx.run(
            "update audit_streams set skipped = 2, last_skipped = 7, last_error = 'too large', last_error_at = now()"
        )
    shown = ctx(*COMMAND)

    assert "2 entries that it refuses, the last at position 7" in shown.out
    assert "too large (" in shown.out
    assert "tried" not in shown.out
