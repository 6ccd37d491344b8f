"""GET /v1/sessions/{session_id}/stream, over real sockets."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from contextfs.client import ContextFS, NewMessage
from contextfs.client.resources.stream import Line
from contextfs.runtime.streaming.session import MOST_WAITING, Stream
from tests.conftest import Tenant, settings_for
from tests.contextfs.client.watching import heard_from
from tests.contextfs.runtime.processes import REPOSITORY, environment, free_port, wait_for
from tests.functions.conftest import Rows, wait_until


@pytest.fixture
def session(tenant: Tenant) -> str:
    new = {"project_id": str(tenant.project_id), "tool": "test"}
    return tenant.call("POST", "/v1/sessions", new).json()["session"]["id"]


@pytest.fixture
def opened(listening: int, session: str, tenant: Tenant) -> Callable[..., ClientConnection]:
    """Give a function that opens a stream of the session."""

    def make(key: str = tenant.key, query: str = "?stream=s", **options: Any) -> ClientConnection:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        url = f"ws://127.0.0.1:{listening}/v1/sessions/{session}/stream{query}"
        return connect(url, additional_headers=headers, **options)  # pyright: ignore[reportUnknownVariableType] - its options are left open

    return make


def append(seq: int, text: str = "", **fields: Any) -> str:
    return json.dumps(
        {"type": "append", "seq": seq, "message": {"role": "user", "content": text or f"{seq}", **fields}}
    )


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Tell when who watches from now on has looked what is there: the client is not told of it."""
    done, look = threading.Event(), Stream._tell_unseen  # pyright: ignore[reportPrivateUsage] - as above

    async def noted(self: Stream, seen: set[UUID], *, tell: bool) -> None:
        await look(self, seen, tell=tell)
        if not tell:
            done.set()

    monkeypatch.setattr(Stream, "_tell_unseen", noted)
    return done


def told(stream: ClientConnection) -> Any:
    return json.loads(stream.recv(timeout=20))


def said(rows: Rows, tenant: Tenant) -> list[str]:
    found = sorted(rows.of("messages", tenant), key=lambda row: (row["created_at"], row["id"]))
    return [row["content"] for row in found]


def test_each_message_is_acknowledged_with_its_id_when_it_is_stored(
    opened: Callable[..., ClientConnection], tenant: Tenant, rows: Rows
) -> None:
    with opened() as stream:
        for seq in range(1, 4):
            stream.send(append(seq))
        acks = [told(stream) for _ in range(3)]
        stored = {str(row["id"]): row["content"] for row in rows.of("messages", tenant)}
        stream.send(json.dumps({"type": "complete", "seq": 4}))
        ended = told(stream)

    [session] = rows.of("sessions", tenant)
    assert [(ack["type"], ack["seq"], stored[ack["id"]]) for ack in acks] == [("ack", n, str(n)) for n in (1, 2, 3)]
    assert said(rows, tenant) == ["1", "2", "3"]
    assert (ended["seq"], session["status"]) == (4, "completed")
    assert sum(rows.used(tenant, "messages.written")) == 3


def test_what_is_sent_again_is_stored_once_and_acknowledged_alike(
    opened: Callable[..., ClientConnection], tenant: Tenant, rows: Rows
) -> None:
    acks: list[Any] = []
    for _ in range(2):
        with opened() as stream:
            for seq in (1, 2):
                stream.send(append(seq))
            acks.append([told(stream) for _ in range(2)])
    with opened(query="?stream=another") as stream:
        stream.send(append(1))
        told(stream)

    assert acks[0] == acks[1]
    assert said(rows, tenant) == ["1", "2", "1"]


@pytest.mark.parametrize(
    ("frame", "where"),
    [
        (append(7, role="alien"), "$.message.role"),
        (append(7, "a\x00b"), "body"),
        (append(7, surprise=1), "$.message"),
        (json.dumps({"type": "append", "seq": 7}), "$"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_stream_goes_on(
    frame: str, where: str, opened: Callable[..., ClientConnection], tenant: Tenant, rows: Rows
) -> None:
    with opened() as stream:
        stream.send(append(6))
        stream.send(frame)
        stream.send(append(8))
        answers = sorted((told(stream) for _ in range(3)), key=lambda one: one["seq"])

    assert [one["type"] for one in answers] == ["ack", "refused", "ack"]
    assert answers[1]["problem"]["where"].startswith(where)
    assert answers[1]["problem"]["status"] == 422
    assert said(rows, tenant) == ["6", "8"]


def test_a_message_needs_a_name_to_be_known_by(opened: Callable[..., ClientConnection]) -> None:
    with opened(query="") as stream:
        stream.send(append(1))
        refused = told(stream)
        stream.send(append(2, external_id="m2"))
        acknowledged = told(stream)

    assert (refused["type"], refused["problem"]["where"]) == ("refused", "$.message.external_id")
    assert (acknowledged["type"], acknowledged["seq"]) == ("ack", 2)


@pytest.mark.parametrize(
    ("frame", "code"),
    [(b"bytes", 1003), ("{", 1007), ("[]", 1007), ("null", 1007), ('{"type": "fly"}', 1007), ("[" * 20_000, 1007)],
)
def test_what_is_no_frame_ends_the_stream_with_a_code(
    frame: str | bytes, code: int, opened: Callable[..., ClientConnection]
) -> None:
    with opened() as stream:
        stream.send(frame)
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=20)

    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, bool(closed.value.rcvd.reason)) == (code, True)


def test_who_may_not_is_answered_with_a_problem(
    opened: Callable[..., ClientConnection],
    tenant: Tenant,
    other_tenant: Tenant,
    key_with: Callable[..., Tenant],
    second_project: Callable[[Tenant], Tenant],
) -> None:
    keys = {
        "": 401,
        "nonsense": 401,
        other_tenant.key: 404,
        second_project(tenant).key: 404,
        key_with(tenant, permissions=["memories:read"]).key: 403,
    }
    for key, status in keys.items():
        with pytest.raises(InvalidStatus) as refused:
            opened(key)

        assert refused.value.response.status_code == status
        assert json.loads(refused.value.response.body or b"")["status"] == status
    with pytest.raises(InvalidStatus) as refused:
        opened(query="?stream=a%20b")
    assert refused.value.response.status_code == 422


def test_a_browser_gives_its_key_as_a_subprotocol(opened: Callable[..., ClientConnection], tenant: Tenant) -> None:
    with opened("", subprotocols=["contextfs.v1", f"contextfs.key.{tenant.key}"]) as stream:
        stream.send(append(1))

        assert stream.subprotocol == "contextfs.v1"
        assert told(stream)["type"] == "ack"


def test_a_reader_watches_and_does_not_write_and_a_writer_the_other_way(
    opened: Callable[..., ClientConnection], tenant: Tenant, key_with: Callable[..., Tenant]
) -> None:
    frames = {"sessions:read": append(1), "sessions:write": json.dumps({"type": "watch"})}
    for permission, frame in frames.items():
        with opened(key_with(tenant, permissions=[permission]).key) as stream:
            stream.send(frame)
            with pytest.raises(ConnectionClosed) as closed:
                stream.recv(timeout=20)

        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403


def test_a_key_that_ends_ends_its_streams(
    opened: Callable[..., ClientConnection], tenant: Tenant, key_with: Callable[..., Tenant], rows: Rows
) -> None:
    theirs = key_with(tenant)
    with opened(theirs.key) as stream:
        rows.connection.execute("update contextfs.api_keys set revoked_at = now() where hint = %s", [theirs.key[-4:]])
        stream.send(append(1))
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=20)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    assert said(rows, tenant) == []


def test_a_watcher_is_told_everything_once_whatever_its_time(
    opened: Callable[..., ClientConnection], tenant: Tenant, session: str, looked: threading.Event
) -> None:
    def say(*texts: str, **fields: Any) -> None:
        messages = [{"role": "user", "content": text, **fields} for text in texts]
        tenant.call("POST", f"/v1/sessions/{session}/messages", {"messages": messages})

    say("before")
    with opened() as late, opened() as whole:
        whole.send(json.dumps({"type": "watch", "from": "beginning"}))
        first = told(whole)
        late.send(json.dumps({"type": "watch", "from": "now"}))
        assert looked.wait(60), "the late one has looked what is there"
        say("after")
        say("of old", created_at="2020-01-01T00:00:00Z")
        heard = [told(late)["message"]["content"] for _ in range(2)]
        rest = [told(whole)["message"]["content"] for _ in range(2)]

    assert first["message"]["content"] == "before"
    assert set(heard) == {"after", "of old"}
    assert sorted(heard) == sorted(rest)


def test_secrets_are_taken_out(opened: Callable[..., ClientConnection], tenant: Tenant, rows: Rows) -> None:
    with opened() as stream:
        stream.send(append(1, "ghp_9fKq2LmX7vTzR4wYbN8cJdHs3gPaE61uVtQk"))
        told(stream)

    assert said(rows, tenant)[0].startswith("[redacted:github-token:")


def test_a_sender_that_never_reads_loses_nothing_and_fills_no_memory(
    opened: Callable[..., ClientConnection], tenant: Tenant, rows: Rows
) -> None:
    count = MOST_WAITING * 4
    with opened() as stream:
        for seq in range(1, count + 1):
            stream.send(append(seq))
        acks = [told(stream)["seq"] for _ in range(count)]

    assert acks == list(range(1, count + 1))
    assert said(rows, tenant) == [str(seq) for seq in range(1, count + 1)]


def test_what_was_read_is_stored_though_the_sender_went_away(
    opened: Callable[..., ClientConnection], tenant: Tenant, rows: Rows
) -> None:
    with opened() as stream:
        for seq in range(1, 51):
            stream.send(append(seq))

    wait_until(lambda: len(rows.of("messages", tenant)) == 50)
    assert said(rows, tenant) == [str(seq) for seq in range(1, 51)]


def test_who_watches_from_now_on_and_heard_something_misses_nothing_while_the_line_is_cut(
    listening: int, tenant: Tenant, session: str, looked: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, pause = Line.receive, Line._pause  # pyright: ignore[reportPrivateUsage] - nobody is told of a cut
    lines: list[Line] = []

    def say(text: str) -> None:
        messages = [{"role": "user", "content": text}]
        tenant.call("POST", f"/v1/sessions/{session}/messages", {"messages": messages})

    def noted(self: Line, timeout: float | None) -> Any:
        lines.append(self)
        return receive(self, timeout)

    def with_more(self: Line, why: str) -> None:
        say("during")
        pause(self, why)

    monkeypatch.setattr(Line, "receive", noted)
    monkeypatch.setattr(Line, "_pause", with_more)
    say("before")
    with ContextFS(f"http://127.0.0.1:{listening}", tenant.key) as client:
        heard = heard_from(client.sessions.watch(session, from_beginning=False))
        assert looked.wait(60), "it has looked what is there"
        say("first")
        first = heard.get(timeout=60)
        lines[0]._socket.socket.shutdown(socket.SHUT_RDWR)  # pyright: ignore[reportPrivateUsage] - as above
        rest = [heard.get(timeout=60) for _ in range(2)]
        say("after")

        assert (first, rest, heard.get(timeout=60)) == ("first", ["before", "during"], "after")


@contextmanager
def gateway(database_url: str, home: Path, port: int) -> Generator[subprocess.Popen[bytes]]:
    """Run a gateway as a process of its own."""
    settings = settings_for(database_url)
    variables = environment(settings, home) | {"CONTEXTFS_PORT": str(port), "PYTHONPATH": "shared:."}
    command = [sys.executable, "-m", "contextfs.runtime.serve", "gateway"]
    with (home / "gateway.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=variables, stdout=log, stderr=log)
    try:
        wait_for(port, process, home / "gateway.log")
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def test_nothing_that_was_acknowledged_is_lost_when_the_gateway_is_killed(
    tenant: Tenant, session: str, database_url: str, rows: Rows, tmp_path: Path
) -> None:
    port, count = free_port(), 300
    with ContextFS(f"http://127.0.0.1:{port}", tenant.key) as client:
        stream = client.sessions.stream(session)
        with gateway(database_url, tmp_path, port) as process:
            for number in range(count // 2):
                stream.append(NewMessage(role="user", content=str(number)))
            acknowledged = stream.acknowledged()
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        kept = {row["id"]: row["content"] for row in rows.of("messages", tenant)}
        with gateway(database_url, tmp_path, port):
            for number in range(count // 2, count):
                stream.append(NewMessage(role="user", content=str(number)))
            stream.close()

    assert acknowledged
    assert {one: kept.get(one) for one in acknowledged.values()} == {
        one: str(seq - 1) for seq, one in acknowledged.items()
    }
    assert sorted(map(int, said(rows, tenant))) == list(range(count))


def test_the_sdk_watches(listening: int, tenant: Tenant, session: str) -> None:
    with ContextFS(f"http://127.0.0.1:{listening}", tenant.key) as client:
        with client.sessions.stream(session) as stream:
            for text in "ab":
                stream.append(NewMessage(role="user", content=text))
        watching = client.sessions.watch(session)
        heard = [next(watching).content for _ in range(2)]
        with client.sessions.stream(session) as stream:
            stream.append(NewMessage(role="user", content="c"))
        heard.append(next(watching).content)

    assert heard == ["a", "b", "c"]
