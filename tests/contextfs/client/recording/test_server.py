"""What was recorded, on a server: once, for the organization whose key it is, and learned from."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from contextfs.client import ContextFS
from contextfs.client.recording.recorder import Recorder
from contextfs.client.recording.server import ServerSink
from contextfs.recording.model import Exchange
from tests.conftest import Tenant

PROJECT = UUID("0198f3c2-0000-7000-8000-000000000001")
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def exchange(*texts: str, tool: str = "bot") -> Exchange:
    """Give a request with all that was said, and the reply."""
    roles = ("user", "assistant")
    said = ",".join(f'{{"role":"{roles[place % 2]}","content":"{text}"}}' for place, text in enumerate(texts[:-1]))
    reply = f'{{"id":"r","choices":[{{"message":{{"role":"assistant","content":"{texts[-1]}"}}}}]}}'
    return Exchange(
        path="/v1/chat/completions",
        request=f'{{"messages":[{said}]}}'.encode(),
        reply=reply.encode(),
        reply_type="application/json",
        tool=tool,
        began=NOON,
        ended=NOON,
    )


def test_a_conversation_grows_and_is_closed(client: ContextFS) -> None:
    recorder = Recorder(ServerSink(lambda: client))

    recorder.record(exchange("Which port?", "8443."))
    recorder.record(exchange("Which port?", "8443.", "Since when?", "May."))
    recorder.record(exchange("Which port?", "8443.", "Since when?", "May."))
    recorder.close()

    [session] = client.sessions.list().page().items
    said = [one.content for one in client.sessions.messages(session.id)]
    assert said == ["Which port?", "8443.", "Since when?", "May."]
    assert (session.tool, session.status, session.title) == ("bot", "completed", "Which port?")
    assert recorder.figures().kept == 3


def test_organizations_see_their_own(api_url: str, found_tenant: Callable[[], Tenant]) -> None:
    seen: list[list[str]] = []
    for number in range(2):
        tenant = found_tenant()
        with ContextFS(api_url, tenant.key, project_id=tenant.project_id) as client:
            recorder = Recorder(ServerSink(lambda client=client: client))
            recorder.record(exchange("Hi", "Hello", f"I am {number}", "Welcome"))
            recorder.close()
            [session] = client.sessions.list().page().items
            seen.append([one.content for one in client.sessions.messages(session.id)])

    assert seen == [["Hi", "Hello", f"I am {number}", "Welcome"] for number in range(2)]


def test_a_server_that_is_down_is_waited_for_and_what_is_lost_is_told() -> None:
    told: list[str] = []
    recorder = Recorder(
        ServerSink(lambda: ContextFS("http://127.0.0.1:9", "k", project_id=PROJECT, attempts=1)), tell=told.append
    )

    recorder.record(exchange("a", "b"))
    recorder.record(exchange("c", "d"))
    is_done = recorder.flush(0.3)
    recorder.close(0.3)

    assert not is_done
    assert told[0].startswith("what is said with a model waits to be kept: http://127.0.0.1:9 does not answer")
    assert told[-1] == "Exchanges with a model that were not kept: 2."


def test_what_cannot_be_read_is_told_and_the_rest_is_kept(client: ContextFS) -> None:
    told: list[str] = []
    recorder = Recorder(ServerSink(lambda: client), tell=told.append)
    broken = exchange("a", "b")

    recorder.record(msgspec.structs.replace(broken, reply=b"<html>"))
    recorder.record(exchange("c", "d"))
    recorder.close()

    assert [one for one in told if "not JSON" in one] != []
    assert recorder.figures().lost == 1
    assert recorder.figures().kept == 1
