"""What every route does, whatever it is for; the manifest says which routes there are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contextfs.domain.access import keys
from contextfs.domain.access.rules import PERMISSIONS
from contextfs.runtime.door.binding import bind
from contextfs.runtime.openapi.examples import BODIES
from contextfs.runtime.table import JSON, Route
from contextfs.runtime.wiring import Wiring, schedules, triggers
from tests.conftest import Tenant
from tests.functions.asking import (
    ALONE,
    GUARDED,
    ROUTES,
    UNKNOWN,
    WITH_BODY,
    WITH_ID,
    Things,
    ask,
    body_of,
    path_of,
    same_but_for_the_request,
    told,
)
from tests.functions.conftest import Rows


def each(routes: tuple[Route, ...]) -> pytest.MarkDecorator:
    """Run a test once for each route, under its name."""
    return pytest.mark.parametrize("route", routes, ids=lambda route: route.name)


@pytest.mark.parametrize("name", [row.name for row in (*ROUTES, *triggers(), *schedules())])
def test_a_row_of_the_manifest_has_a_test_of_its_own(name: str, repository: Path) -> None:
    group, verb = name.split(".")

    assert (repository / "tests" / "functions" / group / f"test_{verb}.py").is_file()


def test_every_body_has_an_example_and_every_example_a_body() -> None:
    assert {route.name for route in ROUTES if bind(route).body_type is not None} == set(BODIES)


@each(ALONE)
def test_its_example_is_answered_with_its_status(route: Route, tenant: Tenant, things: Things) -> None:
    reply = ask(tenant, route, things, x_request_id="call-1")

    assert reply.status_code == route.status, reply.text
    assert reply.headers["x-request-id"] == "call-1"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert ("no-store" in reply.headers["cache-control"]) == (route.method != "GET")
    assert ("etag" in reply.headers) == bind(route).tells_version


@each(GUARDED)
def test_it_leaves_one_audit_row_and_one_usage_row_where_the_manifest_says_so(
    route: Route, tenant: Tenant, things: Things, rows: Rows
) -> None:
    ask(tenant, route, things, x_request_id="this-call")

    audits = [row["action"] for row in rows.of("audit_log", tenant) if row["request_id"] == "this-call"]
    meters = [row["meter"] for row in rows.of("usage_records", tenant) if row["request_id"] == "this-call"]

    assert ([route.audits] if route.audits else []) == audits
    assert ([route.meters] if route.meters else []) == meters


@each(GUARDED)
def test_without_a_good_key_it_answers_401(
    route: Route, standing: Tenant, standing_things: Things, wiring: Wiring, rows: Rows
) -> None:
    before = rows.everything(standing)
    path, body = path_of(route, standing_things), body_of(route, standing_things.project_id)

    made_up = [f"Bearer {key}" for key in (_unknown_key(standing, wiring), _guessed(standing, wiring))]
    for key in ("", "Bearer", "Basic dXNlcjpwYXNz", "Bearer nonsense", *made_up):
        reply = standing.http.request(route.method, path, json=body, headers={"authorization": key})

        assert reply.status_code == 401
        assert told(reply)["title"] == "The call carries no valid credential"
        assert reply.headers["www-authenticate"] == 'Bearer realm="contextfs"'
    assert before == rows.everything(standing)


@each(GUARDED)
def test_with_a_key_that_ended_it_answers_401(
    route: Route, tenant: Tenant, things: Things, key_with: Callable[..., Tenant], wiring: Wiring, rows: Rows
) -> None:
    revoked = key_with(tenant, role="owner")
    expired = key_with(tenant, role="owner", expires_at=(wiring.clock() + timedelta(hours=1)).isoformat())
    rows.connection.execute(
        "update contextfs.api_keys set expires_at = now() - interval '1 second'"
        " where expires_at > now() and org_id = %s",
        [tenant.org_id],
    )
    rows.connection.execute(
        "update contextfs.api_keys set revoked_at = now() where hint = %s and org_id = %s",
        [revoked.key[-4:], tenant.org_id],
    )

    for ended in (revoked, expired):
        reply = ask(ended, route, things)

        assert reply.status_code == 401
        assert told(reply)["detail"] == "This API key does not exist, or was revoked, or has expired."


@each(GUARDED)
def test_without_its_permission_it_answers_403_and_names_it(
    route: Route, tenant: Tenant, things: Things, key_with: Callable[..., Tenant], rows: Rows
) -> None:
    less = key_with(tenant, permissions=[name for name in PERMISSIONS if name != route.needs])
    before = rows.everything(tenant)

    reply = ask(less, route, things)

    assert reply.status_code == 403
    assert told(reply)["detail"] == f"This needs the permission {route.needs}: ask for a key or a role that has it."
    assert before == rows.everything(tenant)


@each(WITH_ID)
def test_an_id_of_another_tenant_is_like_one_that_nobody_has(
    route: Route, standing: Tenant, standing_things: Things, tenant: Tenant, rows: Rows
) -> None:
    before = rows.everything(standing)

    reply = ask(tenant, route, replace(standing_things, project_id=_project(route, tenant, standing_things)))
    nobodys = ask(tenant, route, _nobodys(route, tenant))

    assert reply.status_code == 404
    assert same_but_for_the_request(reply, nobodys)
    assert before == rows.everything(standing)


@each(WITH_ID)
def test_an_id_of_another_project_is_like_one_that_nobody_has(
    route: Route, tenant: Tenant, things: Things, second_project: Callable[[Tenant], Tenant], rows: Rows
) -> None:
    stranger = second_project(tenant)
    before = rows.everything(tenant)

    reply = ask(stranger, route, replace(things, project_id=_project(route, stranger, things)))
    nobodys = ask(stranger, route, _nobodys(route, stranger))

    assert reply.status_code == (403 if route.whole else 404)
    assert same_but_for_the_request(reply, nobodys)
    assert before == rows.everything(tenant)


@each(tuple(route for route in ROUTES if JSON in route.accepts))
def test_an_unknown_parameter_is_refused(route: Route, standing: Tenant, standing_things: Things) -> None:
    path = path_of(route, standing_things)

    reply = standing.call(
        route.method, f"{path}{'&' if '?' in path else '?'}verbose=yes", body_of(route, standing_things.project_id)
    )

    assert reply.status_code == 422
    assert told(reply)["detail"].startswith("There is no parameter `verbose` here: leave it out;")


@each(tuple(route for route in ROUTES if bind(route).body_type is None))
def test_a_body_that_nobody_asked_for_is_refused(route: Route, standing: Tenant, standing_things: Things) -> None:
    reply = standing.call(route.method, path_of(route, standing_things), {"surprise": True})

    assert reply.status_code == 400
    assert told(reply)["detail"] == "This route takes no body: send none."


@each(WITH_BODY)
def test_a_missing_body_is_told(route: Route, standing: Tenant, standing_things: Things) -> None:
    reply = standing.call(route.method, path_of(route, standing_things))

    assert reply.status_code == 400
    assert told(reply)["detail"].startswith("This route needs a JSON body")


@each(ROUTES)
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "TRACE"])
def test_a_method_that_is_not_there_is_refused_with_those_that_are(
    route: Route, method: str, standing: Tenant, standing_things: Things
) -> None:
    there = sorted(other.method for other in ROUTES if other.path == route.path)
    if method in there:
        return

    reply = standing.call(method, path_of(route, standing_things))

    assert reply.status_code == 405
    assert ", ".join(there) == reply.headers["allow"]


def _unknown_key(tenant: Tenant, wiring: Wiring) -> str:
    """Make a key of the right form that was never given out."""
    return keys.mint(tenant.org_id, tenant.user_id, environment="live", entropy=wiring.services.entropy)


def _guessed(tenant: Tenant, wiring: Wiring) -> str:
    """Make a key that names the tenant's own, and has another secret."""
    named = keys.parse(tenant.key, wiring.services.key_pepper)
    return keys.mint(tenant.org_id, named.id, environment="live", entropy=wiring.services.entropy)


def _project(route: Route, caller: Tenant, things: Things) -> str:
    """Choose whose project a request names: in the path it is the foreign one."""
    return things.project_id if "{project_id}" in route.path else str(caller.project_id)


def _nobodys(route: Route, caller: Tenant) -> Things:
    ids: dict[str, Any] = dict.fromkeys(Things.__dataclass_fields__, UNKNOWN)
    return Things(**ids | ({} if "{project_id}" in route.path else {"project_id": str(caller.project_id)}))
