"""A stream over a line that the other side cuts, as no server of ours does on demand."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from websockets.sync.server import ServerConnection, serve

from contextfs.client.http.errors import Unreachable
from contextfs.client.http.retries import Retries
from contextfs.client.login.address import Address
from contextfs.client.resources.stream import Line, SessionStream, watch
from contextfs.domain.sessions.model import Message, NewMessage
from contextfs.kit.errors import (
    BadInput,
    ContextFSError,
    Misdirected,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    TooLarge,
    UnsupportedMedia,
)

SESSION = UUID(int=1)


@contextmanager
def line_to(answer: Callable[[ServerConnection], None], **retries: Any) -> Generator[Line]:
    """Give a line to a server that answers each connection so."""
    with serve(answer, "127.0.0.1", 0) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        address = Address(url=f"http://127.0.0.1:{server.socket.getsockname()[1]}", key="ctxk_x")
        try:
            yield Line(address, str(SESSION), Retries(first_pause=0.001, **retries))
        finally:
            server.shutdown()
            serving.join()


def message(content: str) -> str:
    said = Message(
        id=uuid4(),
        session_id=SESSION,
        external_id=None,
        role="user",
        kind="prompt",
        content=content,
        tool_calls=[],
        model=None,
        tokens=None,
        metadata={},
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return msgspec.json.encode({"type": "message", "message": said}).decode()


def test_who_watches_from_now_on_and_heard_something_asks_for_all_that_was_said_after_a_cut() -> None:
    asked: list[str] = []
    first, second = (message(text) for text in ("first", "said during the cut"))

    def answer(connection: ServerConnection) -> None:
        asked.append(json.loads(connection.recv())["from"])
        connection.send(first)
        if len(asked) > 1:
            connection.send(second)
        connection.close(1012)

    with line_to(answer) as line:
        heard = [one.content for one in islice(watch(line, from_beginning=False), 2)]

    assert (asked, heard) == (["now", "beginning"], ["first", "said during the cut"])


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        (1003, UnsupportedMedia, 415),
        (1007, BadInput, 400),
        (1009, TooLarge, 413),
        (4401, NotAuthenticated, 401),
        (4403, NotAllowed, 403),
        (4404, NotFound, 404),
        (4410, ContextFSError, 410),
        (4421, Misdirected, 421),
    ],
)
def test_what_would_end_it_again_ends_it_at_once_with_what_the_server_said(
    code: int, kind: type[ContextFSError], status: int
) -> None:
    made: list[ServerConnection] = []

    def answer(connection: ServerConnection) -> None:
        made.append(connection)
        connection.recv()
        connection.close(code, "not for you")

    with line_to(answer, attempts=2, patience=0) as line, pytest.raises(kind, match="not for you") as ended:
        next(watch(line, from_beginning=True))

    assert (len(made), ended.value.status) == (1, status)


@pytest.mark.parametrize("code", [1001, 1011, 1012, 1013, 4429])
def test_what_may_go_well_later_is_tried_again(code: int) -> None:
    codes = [code]

    def answer(connection: ServerConnection) -> None:
        connection.recv()
        if codes:
            connection.close(codes.pop())
        else:
            connection.send(message("heard"))

    with line_to(answer, attempts=2, patience=0) as line:
        assert next(watch(line, from_beginning=True)).content == "heard"


def cut_after(frames: Iterator[str | None]) -> Callable[[ServerConnection], None]:
    """Answer each connection with one of these frames, if any, and a fault; behind the last, the stream is over."""

    def answer(connection: ServerConnection) -> None:
        connection.recv()
        try:
            frame = next(frames)
        except StopIteration:
            connection.close(4404, "over")
            return
        if frame is not None:
            connection.send(frame)
        connection.close(1011)

    return answer


def test_a_line_that_only_tells_again_what_is_known_is_given_up() -> None:
    frames = iter([message("known")] * 10)

    with line_to(cut_after(frames), attempts=3, patience=0) as line:
        watching = watch(line, from_beginning=True)
        assert next(watching).content == "known"
        with pytest.raises(Unreachable):
            next(watching)

    assert len([*frames]) == 7


def test_a_line_that_tells_something_new_each_time_is_kept_up() -> None:
    frames = iter([message(text) for text in "abcde"])
    heard: list[str] = []

    with line_to(cut_after(frames), attempts=2, patience=0) as line, pytest.raises(NotFound):
        heard.extend(one.content for one in watch(line, from_beginning=True))

    assert heard == [*"abcde"]


def test_a_line_that_stood_is_kept_up_though_nothing_was_said() -> None:
    frames = iter([None] * 5)

    with line_to(cut_after(frames), attempts=2, patience=0, longest_pause=0) as line, pytest.raises(NotFound):
        next(watch(line, from_beginning=True))


def say(stream: SessionStream, text: str) -> None:
    stream.append(NewMessage(role="user", content=text))
    stream.flush()


def test_an_acknowledgement_counts_once() -> None:
    frames = iter([json.dumps({"type": "ack", "seq": 1, "id": str(SESSION)})] * 10)

    with line_to(cut_after(frames), attempts=3, patience=0) as line:

        def make(**_query: str) -> Line:
            return line

        stream = SessionStream(make)
        say(stream, "stored")
        with pytest.raises(Unreachable):
            say(stream, "not stored")

    assert [*stream.acknowledged()] == [1]
