"""Every route by the SDK, against a server on a real port."""

import threading
from datetime import UTC, datetime
from importlib.metadata import version

import msgspec
import pytest

from contextfs.client import ContextFS, Invalid, NewMessage, NotAuthenticated, NotFound
from contextfs.client.http.transport import VERSION
from contextfs.client.resources.memories import MemoryChanges, MemoryFilters, NewMemoryFields
from contextfs.client.resources.projects import ProjectChanges
from contextfs.client.resources.search import QueryFields, SearchFields
from contextfs.client.resources.sessions import NewSessionFields, SessionChanges
from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.domain.memories.query import Query
from contextfs.domain.projects.model import ProjectChange
from contextfs.domain.search.model import SearchRequest
from contextfs.domain.sessions.model import NewSession, SessionChange
from functions.manifest import ROUTES
from tests.conftest import Tenant

FOR_BROWSERS = {"auth.login", "auth.callback", "auth.exchange", "auth.open", "auth.logout"}
FOR_PROVIDERS = {"saml.metadata", "saml.acs", "saml.logout", "saml.logout_form"}
FOR_WHO_HAS_A_CLIENT = {"ingest.receive", "ingest.traces", "ingest.logs", "ingest.metrics"}
"""Whoever sends webhooks, or telemetry, does it in a form of their own."""
BY_HAND = [route for route in ROUTES if route.name not in FOR_BROWSERS | FOR_PROVIDERS | FOR_WHO_HAS_A_CLIENT]


@pytest.mark.parametrize("route", BY_HAND, ids=lambda route: route.name)
def test_each_route_has_its_method(client: ContextFS, route: object) -> None:
    group, verb = getattr(route, "name", "").split(".")

    assert callable(getattr(getattr(client, group), verb))


@pytest.mark.parametrize(
    ("fields", "noun", "said_otherwise"),
    [
        (NewMemoryFields, NewMemory, {"project_id", "content", "id"}),
        (MemoryChanges, MemoryChange, set[str]()),
        (NewSessionFields, NewSession, {"project_id", "tool", "external_id", "messages"}),
        (SessionChanges, SessionChange, set[str]()),
        (ProjectChanges, ProjectChange, set[str]()),
        (SearchFields, SearchRequest, {"query"}),
        (QueryFields, Query, {"project_id", "limit", "cursor"}),
    ],
)
def test_the_sdk_knows_every_field(fields: type, noun: type[msgspec.Struct], said_otherwise: set[str]) -> None:
    assert set(noun.__struct_fields__) == set(fields.__annotations__) | said_otherwise


def test_a_memory_from_its_first_word_to_its_end(client: ContextFS) -> None:
    created = client.memories.create("We deploy with uv.", type="decision", tags=["deploy"])
    changed = client.memories.update(created.memory.id, title="Deploying", if_match=created.memory.version)
    history = client.memories.history(created.memory.id)
    client.memories.delete(created.memory.id, if_match=changed.memory.version)

    assert (1, "decision", ["deploy"]) == (created.receipt.stored, created.memory.type, created.memory.tags)
    assert ("Deploying", "We deploy with uv.") == (changed.memory.title, changed.memory.content)
    assert len(history.revisions) == 2
    with pytest.raises(NotFound):
        client.memories.get(created.memory.id)


def test_a_memory_as_it_was(client: ContextFS) -> None:
    before = client.memories.create("The port is 5432.").memory
    client.memories.update(before.id, content="The port is 5433.")
    history = client.memories.history(before.id)

    then = client.memories.get(before.id, as_of=history.revisions[-1].stored_at)

    assert then.content == "The port is 5432."


def test_what_is_searchable_is_found(client: ContextFS) -> None:
    written = client.memories.create("The staging database listens on port 5433.", wait="searchable")
    client.memories.create("Coffee is at eleven.", type="user", wait="searchable")

    found = client.search.hybrid("port of the staging database", explain=True, limit=1)

    assert "searchable" not in written.receipt.pending
    assert [written.memory.id] == [hit.id for hit in found.hits]
    assert found.hits[0].explanation is not None
    assert [] == client.search.semantic("staging database port", types=["user"], min_relevance=0.5).hits


def test_a_query_by_conditions_walks_through_its_pages(client: ContextFS) -> None:
    for number in range(5):
        client.memories.create(f"Build {number} used uv.", metadata={"build": {"tool": "uv"}})
    client.memories.create("Build 9 used pip.", metadata={"build": {"tool": "pip"}})

    found = client.search.query(metadata={"build.tool": "uv"}, page_size=2)

    assert [f"Build {number} used uv." for number in (4, 3, 2, 1, 0)] == [memory.content for memory in found]


def test_a_context_pack_stays_within_its_budget(client: ContextFS) -> None:
    client.memories.create("Always run the linter before a commit.", type="procedural", pinned=True)

    pack = client.context.pack("fix a bug", budget=300)

    assert "linter" in pack.text
    assert pack.tokens <= 300
    assert pack.id
    assert ["pinned"] == [one.reason for one in client.context.get(pack.id).choices]
    assert client.context.get() == client.context.get(pack.id.hex[-12:])


def test_lists_and_searches_look_back(client: ContextFS) -> None:
    before = client.memories.create("We serve with gunicorn.", wait="searchable").memory
    client.memories.update(before.id, content="We serve with hypercorn.", wait="searchable")
    then = before.updated_at

    assert ["We serve with gunicorn."] == [one.content for one in client.memories.list(as_of=then)]
    assert [before.id] == [hit.id for hit in client.search.hybrid("gunicorn", as_of=then).hits]
    assert [] == client.search.hybrid("hypercorn", as_of=then).hits


def test_a_list_is_walked_page_by_page(client: ContextFS) -> None:
    for number in range(5):
        client.memories.create(f"Fact number {number}.")

    listing = client.memories.list(page_size=2)

    assert [f"Fact number {number}." for number in (4, 3, 2, 1, 0)] == [memory.content for memory in listing]
    first = listing.page()
    assert ["Fact number 2.", "Fact number 1."] == [one.content for one in listing.page(first.next_cursor).items]


def test_a_list_is_narrowed(client: ContextFS) -> None:
    client.memories.create("One.", type="decision", tags=["a", "b"])
    client.memories.create("Two.", type="decision", tags=["a"])
    client.memories.create("Three.", tags=["a", "b"])

    filters = MemoryFilters(type="decision", since=datetime(2020, 1, 1, tzinfo=UTC), conflicted=False)

    assert ["One."] == [memory.content for memory in client.memories.list(tags=["a", "b"], **filters)]


def test_a_session_from_its_first_message_to_its_end(client: ContextFS) -> None:
    hello = NewMessage(role="user", content="Rename the table, please.")
    session = client.sessions.create("terminal", messages=[hello]).session
    client.sessions.append(session.id, [NewMessage(role="assistant", content="Done.")])
    client.sessions.update(session.id, title="Renaming", tags=["sql"])
    client.sessions.complete(session.id)

    assert ["Rename the table, please.", "Done."] == [one.content for one in client.sessions.messages(session.id)]
    assert ("completed", "Renaming", 2) == _told(client, session.id)
    assert [session.id] == [one.id for one in client.sessions.list(tool="terminal", tag="sql")]
    client.sessions.delete(session.id)
    assert [] == list(client.sessions.list())


def test_a_key_of_one_project_sees_that_one_alone(client: ContextFS, api_url: str) -> None:
    other = client.projects.create("other")
    made = client.keys.create("narrow", role="viewer", project_id=other.id)

    with ContextFS(api_url, made.secret) as narrow:
        assert [other.id] == [project.id for project in narrow.projects.list()]
    assert client.keys.revoke(made.api_key.id).revoked_at is not None
    assert made.api_key.id in [key.id for key in client.keys.list()]


def test_a_project_is_changed_and_deleted(client: ContextFS) -> None:
    project = client.projects.create("old name")
    renamed = client.projects.update(project.id, name="new name", if_match=project.version)
    client.projects.delete(project.id)

    assert renamed.name == "new name"
    assert [] == list(client.projects.list(name="new name"))


def test_dead_letters_are_listed(client: ContextFS) -> None:
    assert [] == list(client.admin.dead_letters())


def test_the_server_tells_how_it_is(client: ContextFS) -> None:
    assert client.system.health().checks["database"] == "ok"
    assert client.system.openapi()["openapi"].startswith("3.1")


def test_threads_share_a_client(client: ContextFS) -> None:
    threads = [threading.Thread(target=client.memories.create, args=(f"Thread {n} was here.",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(1 for _ in client.memories.list()) == 8


def test_without_a_project_the_cure_is_told(api_url: str, tenant: Tenant) -> None:
    with ContextFS(api_url, tenant.key) as client, pytest.raises(Invalid, match="CONTEXTFS_PROJECT_ID"):
        client.memories.create("Nowhere.")


def test_the_key_is_not_shown(client: ContextFS, tenant: Tenant) -> None:
    assert tenant.key not in repr(client)


def test_a_client_without_a_key_says_so(monkeypatch: pytest.MonkeyPatch, api_url: str) -> None:
    monkeypatch.delenv("CONTEXTFS_API_KEY", raising=False)
    monkeypatch.setenv("CONTEXTFS_HOME", "/nonexistent")

    with pytest.raises(NotAuthenticated, match="CONTEXTFS_API_KEY"):
        ContextFS(api_url)


def _told(client: ContextFS, session_id: object) -> tuple[str, str | None, int]:
    session = client.sessions.get(str(session_id))
    return session.status, session.title, session.message_count


def test_the_version_that_is_told_is_the_one_that_is_installed() -> None:
    assert version("contextfs-platform") == VERSION


def test_a_listing_says_what_to_do_with_it(client: ContextFS) -> None:
    assert "<Listing: walk through it, or read .page()>" == repr(client.memories.list())
