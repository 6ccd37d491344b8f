"""What one machine pushes, another pulls."""

from uuid import uuid4

import pytest

from contextfs.client import ContextFS, NewMessage, NotFound, Retries
from contextfs.domain.feed.model import SentRevision, SentSession
from contextfs.domain.memories.revisions import Fields
from contextfs.domain.sessions.model import NewSession
from tests.conftest import Tenant
from tests.contextfs.client.flaky import afar, flaky


def revision(content: str) -> SentRevision:
    fields = Fields(type="fact", content=content, visibility="project")
    return SentRevision(memory_id=uuid4(), fields=fields, author="user:ann", clock="2026-01-01T00:00:00.000Z-0000")


def test_what_one_machine_pushes_another_pulls(client: ContextFS, tenant: Tenant) -> None:
    project, mine = tenant.project_id, uuid4()
    said = [NewMessage(role="user", content="Hello.", external_id="m1")]
    session = NewSession(project_id=project, tool="terminal", external_id="s1", messages=said)
    sent = [revision(f"Fact {number}. {'word ' * 20}") for number in range(1000)]

    pushed = client.sync.push(project, revisions=sent, sessions=[SentSession(session=session)], origin=mine)
    pulled = client.sync.pull(project, limit=2000)

    assert (pushed.stored, pushed.duplicates, pushed.refused) == (1002, 0, [])
    assert sorted(pulled.revisions, key=lambda one: one.memory_id) == sorted(sent, key=lambda one: one.memory_id)
    assert [one.content for one in pulled.messages] == ["Hello."]
    assert client.sync.pull(project, origin=mine).revisions == []
    assert client.sync.status(project).position == pulled.cursor


def test_a_large_push_travels_packed_and_is_repeated_without_a_key(
    client: ContextFS, api_url: str, tenant: Tenant
) -> None:
    project, large, small = tenant.project_id, revision("word " * 20_000), revision("word")
    swift = Retries(attempts=2, first_pause=0.01)
    with flaky(api_url, "drop the reply") as proxy, ContextFS(afar(proxy.url), tenant.key, retries=swift) as caller:
        pushed = [caller.sync.push(project, revisions=[one]) for one in (large, small)]

    assert [b"content-encoding: gzip" in request.lower() for request in proxy.requests] == [True, True, False]
    assert len(proxy.requests[0]) < 10_000
    assert not any(b"idempotency-key" in request.lower() for request in proxy.requests)
    assert [(one.stored, one.duplicates) for one in pushed] == [(0, 1), (1, 0)]


def test_on_one_machine_nothing_is_packed(api_url: str, tenant: Tenant) -> None:
    with flaky(api_url) as proxy, ContextFS(proxy.url, tenant.key) as caller:
        caller.sync.push(tenant.project_id, revisions=[revision("word " * 20_000)])
        pulled = caller.sync.pull(tenant.project_id)

    assert not any(b"gzip" in request.lower() for request in proxy.requests)
    assert len(pulled.revisions[0].fields.content) == 100_000


def test_a_project_of_another_is_not_found(client: ContextFS, other_tenant: Tenant) -> None:
    with pytest.raises(NotFound):
        client.sync.pull(other_tenant.project_id)
