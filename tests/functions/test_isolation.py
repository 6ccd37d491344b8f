"""Nobody reads, changes or finds out about what belongs to another organization, project or person."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from contextfs.runtime.table import Route
from tests.conftest import Tenant
from tests.functions.asking import GUARDED, UNKNOWN, Things, body_of, path_of, same_but_for_the_request
from tests.functions.conftest import Rows, ask_about, bury, claim, sign_in

MARK = "quetzalcoatl"
"""A word that stands in every text of the victim, and nowhere else."""
KEY = "the-victims-idempotency-key"


@pytest.fixture(params=["another organization", "another project", "another project, reading only"])
def stranger(
    request: pytest.FixtureRequest,
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    key_with: Callable[..., Tenant],
) -> Tenant:
    """Give a caller who has all permissions, but in another place; or those of a viewer there."""
    if request.param == "another organization":
        return other_tenant
    project = second_project(tenant)
    return project if request.param == "another project" else key_with(project, role="viewer")


@pytest.fixture
def victim(tenant: Tenant, rows: Rows, settle_events: Callable[[], int]) -> Things:
    """Give an organization in which every text holds the mark, searchable."""
    project = str(tenant.project_id)
    tenant.call("PATCH", f"/v1/projects/{project}", {"name": f"{MARK} project", "description": MARK})
    memory = {"project_id": project, "content": f"{MARK} listens on port 5433.", "title": MARK, "pinned": True}
    made = tenant.call("POST", "/v1/sessions", session_of(project), idempotency_key=KEY).json()["session"]
    known = tenant.call("POST", "/v1/memories", memory).json()["memory"]
    key = tenant.call("POST", "/v1/api-keys", {"name": MARK, "project_id": project}).json()["api_key"]
    user = tenant.call("POST", "/v1/admin/users", {"email": f"{MARK}@example.test", "name": MARK}).json()
    role = tenant.call("POST", "/v1/admin/roles", {"name": MARK, "permissions": [], "description": MARK}).json()
    invited = tenant.call("POST", "/v1/admin/invitations", {"email": f"{MARK}@example.org"}).json()
    settle_events()
    letter = str(bury(rows, tenant, known["id"]))
    source = tenant.call("POST", "/v1/sources", {"name": MARK, "project_id": project}).json()["source"]
    review = str(ask_about(rows, tenant, known["id"]))
    address = source["path"].rsplit("/", 1)[-1]
    token = tenant.call("POST", "/v1/admin/scim/tokens", {"name": MARK}).json()["scim_token"]["id"]
    things = (project, made["id"], known["id"], key["id"], letter)
    people = (user["id"], role["id"], invited["invitation"]["id"], invited["token"])
    return Things(*things, *people, review, source["id"], address, sign_in(tenant)[1], claim(tenant), token_id=token)


def session_of(project: str) -> Any:
    """Give the body that creates the victim's session."""
    return {
        "project_id": project,
        "tool": "test",
        "external_id": MARK,
        "title": MARK,
        "tags": [MARK],
        "messages": [{"role": "user", "content": f"About {MARK}.", "external_id": MARK}],
        "metadata": {MARK: MARK},
    }


def owned(rows: Rows, tenant: Tenant) -> dict[str, list[str]]:
    """Copy all that is in the victim's project."""
    tables = (
        "projects",
        "sessions",
        "messages",
        "memories",
        "revisions",
        "passages",
        "api_keys",
        "sources",
        "dead_letters",
    )
    mine = {tenant.project_id, str(tenant.project_id)}
    return {
        table: sorted(
            str(row)
            for row in rows.of(table, tenant)
            if mine & {row["id"], row.get("project_id"), row.get("event", {}).get("project_id")}
        )
        for table in tables
    }


def attacks(route: Route, victim: Things, stranger: Tenant) -> list[tuple[str, Any]]:
    """Name the victim's things in every place of a request that takes an id: addresses with bodies."""
    path = path_of(route, victim)
    mine = {"project_id": str(stranger.project_id)}
    theirs = {"project_id": victim.project_id}
    queries: dict[str, list[str]] = {
        "sessions.list": [f"project_id={victim.project_id}", f"tag={MARK}"],
        "memories.list": [f"project_id={victim.project_id}", f"session_id={victim.session_id}"],
        "memories.get": ["as_of=2999-01-01T00:00:00Z"],
        "projects.list": [f"name={MARK}%20project"],
    }
    bodies: dict[str, list[Any]] = {
        "sessions.create": [theirs | {"tool": "test", "external_id": MARK}],
        "memories.create": [
            theirs | {"content": f"{MARK} listens on port 5433."},
            mine | {"content": "Learned.", "provenance": [{"session_id": victim.session_id}]},
        ],
        "search.semantic": [{"query": MARK}, {"query": MARK, "project_ids": [victim.project_id]}],
        "search.hybrid": [{"query": MARK}, {"query": MARK, "project_ids": [victim.project_id]}],
        "search.query": [{}, theirs, {"session_id": victim.session_id}],
        "context.pack": [theirs | {"task": MARK}],
        "keys.create": [theirs | {"name": "k", "role": "viewer"}],
        "sources.create": [theirs | {"name": "s"}],
        "projects.create": [{"name": f"mine {victim.project_id}", "id": victim.project_id}],
    }
    body = body_of(route, victim.project_id)
    return [
        *([] if route.name == "projects.create" else [(path, body)]),
        *((f"{path}?{query}", body) for query in queries.get(route.name, [])),
        *((path, other) for other in bodies.get(route.name, [])),
    ]


def with_nobodys_ids(value: str, victim: Things) -> str:
    """Put an id that nobody has in the place of each of the victim's."""
    for one in vars(victim).values():
        value = value.replace(one, UNKNOWN)
    return value


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
def test_a_strangers_call_is_answered_as_if_the_victim_were_not_there(
    route: Route, tenant: Tenant, victim: Things, stranger: Tenant, rows: Rows
) -> None:
    before = owned(rows, tenant)
    version = tenant.call("GET", f"/v1/memories/{victim.memory_id}").headers["etag"]
    for path, body in attacks(route, victim, stranger):
        for headers in ({}, {"if_match": version}, {"if_match": "*"}):
            reply = stranger.call(route.method, path, body, **headers)
            nobodys = json.loads(with_nobodys_ids(json.dumps(body), victim))
            same = stranger.call(route.method, with_nobodys_ids(path, victim), nobodys, **headers)

            assert reply.status_code == same.status_code
            assert MARK not in reply.text
            assert reply.status_code < 400 or same_but_for_the_request(reply, same)
            assert reply.status_code >= 400 or "{" not in route.path
    assert before == owned(rows, tenant)


def test_a_victims_idempotency_key_gives_a_stranger_nothing(tenant: Tenant, victim: Things, stranger: Tenant) -> None:
    reply = stranger.call("POST", "/v1/sessions", session_of(victim.project_id), idempotency_key=KEY)

    assert reply.status_code in {403, 404}
    assert "idempotent-replayed" not in reply.headers
    assert MARK not in reply.text


def test_a_private_thing_is_its_users_alone(
    tenant: Tenant, victim: Things, colleague: Callable[[Tenant], Tenant], rows: Rows, settle_events: Callable[[], int]
) -> None:
    for path in (f"/v1/memories/{victim.memory_id}", f"/v1/sessions/{victim.session_id}"):
        assert tenant.call("PATCH", path, {"visibility": "private"}).status_code == 200
    settle_events()
    member = colleague(tenant)
    before = owned(rows, tenant)
    private = [route for route in GUARDED if "{memory_id}" in route.path or "{session_id}" in route.path]

    for route in private:
        assert member.call(route.method, path_of(route, victim), body_of(route, victim.project_id)).status_code == 404
    for path in ("/v1/search", "/v1/search/hybrid"):
        assert member.call("POST", path, {"query": MARK}).json()["hits"] == []
    pack = member.call("POST", "/v1/context", {"project_id": victim.project_id, "task": MARK}).json()
    assert pack["items"] == []
    assert member.call("POST", "/v1/query", {}).json()["items"] == []
    assert before == owned(rows, tenant)
