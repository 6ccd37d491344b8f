"""A call over a bad line: tried again where that helps, and done once."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from contextfs.client import ContextFS, ContextFSError, Invalid, NewMessage, Retries, Unavailable
from tests.conftest import Tenant
from tests.contextfs.client.flaky import Fault, afar, flaky

Calling = Callable[..., AbstractContextManager[ContextFS]]
SWIFT = Retries(attempts=5, first_pause=0.01)
ONCE = Retries(attempts=1)


@pytest.fixture(params=["a server here", "a server elsewhere"])
def calling(request: pytest.FixtureRequest) -> Calling:
    """Give a function that makes a client, which tries again without long pauses, by each kind of line."""

    def make(url: str, tenant: Tenant, retries: Retries = SWIFT) -> ContextFS:
        where = afar(url) if request.param == "a server elsewhere" else url
        return ContextFS(where, tenant.key, project_id=tenant.project_id, retries=retries)

    return make


def test_a_write_whose_reply_was_lost_is_done_once(
    api_url: str, tenant: Tenant, client: ContextFS, calling: Calling
) -> None:
    session = client.sessions.create("terminal").session
    faults: list[Fault] = ["drop the reply", "answer 503", "drop the request", "drop the reply"]
    with flaky(api_url, *faults) as proxy, calling(proxy.url, tenant) as caller:
        written = caller.sessions.append(session.id, [NewMessage(role="user", content="hello")])

    assert len(proxy.requests) == 5
    assert written.session.message_count == 1
    assert ["hello"] == [message.content for message in client.sessions.messages(session.id)]


def test_every_attempt_carries_the_same_idempotency_key(api_url: str, tenant: Tenant, calling: Calling) -> None:
    with flaky(api_url, "answer 429", "drop the reply") as proxy, calling(proxy.url, tenant) as caller:
        caller.projects.create("one")
        caller.projects.create("two")

    keys = [_header(request, b"idempotency-key") for request in proxy.requests]
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_a_read_is_tried_again(api_url: str, tenant: Tenant, calling: Calling) -> None:
    with flaky(api_url, "answer 503", "drop the reply") as proxy, calling(proxy.url, tenant) as caller:
        project = caller.projects.get(tenant.project_id)

    assert project.id == tenant.project_id
    assert len(proxy.requests) == 3


def test_an_error_of_the_caller_is_not_tried_again(api_url: str, tenant: Tenant, calling: Calling) -> None:
    with flaky(api_url) as proxy, calling(proxy.url, tenant) as caller, pytest.raises(Invalid):
        caller.memories.create("")

    assert len(proxy.requests) == 1


def test_after_the_last_attempt_the_error_says_what_to_do(api_url: str, tenant: Tenant, calling: Calling) -> None:
    with (
        flaky(api_url, "drop the request") as proxy,
        calling(proxy.url, tenant, ONCE) as caller,
        pytest.raises(Unavailable) as told,
    ):
        caller.projects.get(tenant.project_id)

    assert f"{proxy.url.removeprefix('http')} does not answer" in told.value.detail
    assert "`ctx up`" in told.value.detail


def test_an_answer_of_another_program_is_said_to_be_one(api_url: str, tenant: Tenant, calling: Calling) -> None:
    with (
        flaky(api_url, "answer a page") as proxy,
        calling(proxy.url, tenant) as caller,
        pytest.raises(ContextFSError) as told,
    ):
        caller.projects.get(tenant.project_id)

    assert told.value.status == 404
    assert "is not ContextFS's" in told.value.detail
    assert "nginx" in told.value.detail


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", afar("http://127.0.0.1:1")])
@pytest.mark.parametrize("key", ["ctxk_a\nb", "ctxk_ä", "ctxk_a\r\nx-more: 1", "ctxk_a\0", "ctxk_“a”"])
def test_a_key_that_is_no_header_is_told_with_its_cure_and_never_sent(url: str, key: str) -> None:
    with pytest.raises(Invalid, match=r"^The API key has a character .*: copy it again") as told:
        ContextFS(url, key, retries=ONCE).projects.list()

    assert "key" == told.value.where
    assert key not in str(told.value)


@pytest.mark.parametrize("version", ["ä", "1\r\nx-more: 1"])
def test_a_version_that_is_no_header_is_told_and_never_sent(version: str, tenant: Tenant, calling: Calling) -> None:
    with (
        calling("http://127.0.0.1:1", tenant, ONCE) as caller,
        pytest.raises(Invalid, match="is not a version") as told,
    ):
        caller.projects.delete(tenant.project_id, if_match=version)

    assert "if_match" == told.value.where


def _header(request: bytes, name: bytes) -> bytes:
    lines = request.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    return next(line.split(b":", 1)[1].strip() for line in lines if line.lower().startswith(name + b":"))
