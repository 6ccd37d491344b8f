"""A request that each route accepts, for a tenant that has one thing of each kind."""

import json
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from contextfs.domain.sources.signatures import signed
from contextfs.kit.clock import system_clock
from contextfs.kit.payload import Payload
from contextfs.runtime.door.binding import bind
from contextfs.runtime.openapi.examples import BODIES, PROJECT
from contextfs.runtime.table import INVITED, PUBLIC, SIGNED, Route
from contextfs.runtime.wiring import routes
from tests.conftest import Tenant

ROUTES = routes()
GUARDED = tuple(route for route in ROUTES if route.needs not in {PUBLIC, SIGNED, INVITED})
WITH_BODY = tuple(route for route in ROUTES if route.name in BODIES and bind(route).body_type is not Payload)
"""Those that take a noun; those that take what programs elsewhere send have tests of their own."""
WITH_ID = tuple(route for route in GUARDED if "{" in route.path)
ALONE = tuple(
    route for route in ROUTES if route.status != 303 and route.group != "saml" and route.name != "auth.exchange"
)
"""All but the steps of a sign-in, which need a browser and a provider: tests/functions/auth have both."""
SECRET = "whsec_bm90aGluZyB0aGF0IGFueWJvZHkgdXNlcw=="
"""The secret of the source among the things."""
UNKNOWN = "0190ffff-ffff-7fff-bfff-ffffffffffff"


@dataclass(frozen=True)
class Things:
    """The ids of what a tenant has."""

    project_id: str
    session_id: str
    memory_id: str
    key_id: str
    letter_id: str
    user_id: str
    role_id: str
    invitation_id: str
    invitation: str
    """The invitation's token."""
    review_id: str
    source_id: str
    source: str
    export_id: str = UNKNOWN
    pack_id: str = UNKNOWN
    login_id: str = UNKNOWN
    domain: str = UNKNOWN
    token_id: str = UNKNOWN
    organization: str = UNKNOWN
    state: str = UNKNOWN
    grant_id: str = UNKNOWN
    user_code: str = "BCDF-GHJK"


def by_name(name: str) -> Route:
    """Give a row of the manifest."""
    return next(route for route in ROUTES if route.name == name)


def path_of(route: Route, things: Things) -> str:
    """Give a route's path with the tenant's ids in it, also where its query needs one."""
    needed = [field.name for field in msgspec.structs.fields(bind(route).query_type) if field.required]
    query = "&".join(f"{name}={getattr(things, name)}" for name in needed)
    return route.path.format_map(vars(things)) + (f"?{query}" if query else "")


def body_of(route: Route, project_id: object) -> Any:
    """Give the example of a route's body, in this project; None where it takes none."""
    if route.name not in BODIES:
        return None
    return json.loads(json.dumps(BODIES[route.name]).replace(PROJECT, str(project_id)))


def ask(tenant: Tenant, route: Route, things: Things, **headers: str) -> Any:
    """Call a route with its example, signed where it has to be."""
    path, body = path_of(route, things), body_of(route, things.project_id)
    if route.path.startswith("/v1/otlp/"):
        path = f"{path}?project_id={things.project_id}"
    if route.name == "auth.decide":
        body = body | {"user_code": things.user_code}
    if route.needs == INVITED:
        tenant = replace(tenant, key=things.invitation)
    if route.needs == SIGNED:
        return deliver(tenant, path, msgspec.json.encode(body), **headers)
    return tenant.call(route.method, path, body, **headers)


def deliver(tenant: Tenant, path: str, body: bytes, *, delivery: str = "msg_1", **headers: str) -> Any:
    """Send a delivery as a source does: signed, and with no key."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"content-type": "application/json", **signed(SECRET, delivery, system_clock(), body), **named}
    return tenant.http.request("POST", path, content=body, headers=sent)


def told(reply: Any) -> dict[str, Any]:
    """Read a problem, and check its form: one clear line, an id, nothing of the server's inside."""
    problem = reply.json()

    assert reply.headers["content-type"] == "application/problem+json", reply.text
    assert {"type", "title", "status", "detail", "request_id"} <= set(problem) <= {*problem, "where"}
    assert problem["status"] == reply.status_code
    assert problem["request_id"] == reply.headers["x-request-id"]
    assert problem["type"].startswith("urn:contextfs:problem:")
    assert problem["detail"]
    assert "\n" not in problem["detail"]
    assert len(problem["detail"]) < 600, problem["detail"]
    assert not any(word in reply.text for word in ("Traceback", "psycopg", "msgspec", 'File "'))
    return problem


def same_but_for_the_request(reply: Any, other: Any) -> bool:
    """Tell whether two problems differ in nothing but their request ids."""
    return (reply.status_code, told(reply) | {"request_id": ""}) == (
        other.status_code,
        told(other) | {"request_id": ""},
    )
