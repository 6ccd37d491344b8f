"""GET /v1/openapi.json, and its copy in docs/."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from contextfs.runtime.openapi.document import document, document_bytes
from contextfs.runtime.openapi.examples import PROJECT
from contextfs.runtime.table import INVITED, PUBLIC, SIGNED, Route
from tests.conftest import Tenant
from tests.functions.asking import ALONE, ROUTES, WITH_BODY, by_name, path_of
from tests.functions.conftest import Rows, things_of

DOCUMENT: dict[str, Any] = json.loads(document_bytes())
_OTHERWISE = {
    *("invitations_accept", "auth_login", "auth_callback", "auth_exchange"),
    *("saml_acs", "saml_logout", "saml_logout_form"),
}
"""Routes that ask for no permission, and yet do not let everybody in."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give each operation with its method and path."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def by_target(target: str) -> Route:
    """Give a row of the manifest."""
    return next(route for route in ROUTES if route.target == target)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Give every object of the document."""
    if isinstance(value, dict):
        yield value  # pyright: ignore[reportUnknownVariableType] - any JSON
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():  # pyright: ignore[reportUnknownVariableType] - any JSON
        yield from parts(part)


def test_it_is_served_to_everyone(http: TestClient) -> None:
    reply = http.get("/v1/openapi.json")

    assert reply.content == document_bytes()
    assert reply.headers["content-type"] == "application/json"


def test_it_is_valid() -> None:
    validate(DOCUMENT)


def test_its_copy_in_the_docs_is_fresh(repository: Path) -> None:
    writing = [sys.executable, "-m", "contextfs.runtime.openapi.document"]
    written = subprocess.run(writing, check=True, capture_output=True)

    assert written.stdout == document_bytes()
    assert (repository / "docs" / "openapi.json").read_bytes() == document_bytes(), "run `make docs`"


def test_it_tells_of_the_routes_and_of_nothing_else() -> None:
    told = {(method, path, operation["operationId"]) for method, path, operation in operations()}

    assert {(route.method, route.path, route.target) for route in ROUTES} == told


def test_it_tells_who_may() -> None:
    needs = {operation["operationId"]: operation.get("x-permission", PUBLIC) for _, _, operation in operations()}

    assert {route.target: PUBLIC if route.needs in {SIGNED, INVITED} else route.needs for route in ROUTES} == needs
    assert DOCUMENT["paths"]["/v1/invitations/accept"]["post"]["security"] == [{"invitation": []}]
    assert DOCUMENT["paths"]["/v1/ingest/{source}"]["post"]["security"] == [{"signature": []}]
    assert {"security": []}.items() <= DOCUMENT["paths"]["/health"]["get"].items()


def test_every_operation_says_what_it_is_for_and_how_it_can_end() -> None:
    for method, path, operation in operations():
        statuses = set(operation["responses"])

        assert operation["summary"]
        assert operation["description"]
        assert {"400", "413", "422", "503"} <= statuses
        assert ({"401", "403"} <= statuses) == ("x-permission" in operation or operation["operationId"] in _OTHERWISE)
        assert ("415" in statuses) == ("requestBody" in operation)
        assert ("429" in statuses) == (by_target(operation["operationId"]).cost > 0), path
        assert ("404" in statuses) or "{" not in path, method


def test_every_list_and_every_text_that_is_sent_has_an_end() -> None:
    for schema in parts([operation.get("requestBody", {}) for _, _, operation in operations()]):
        reference = schema.get("$ref")
        named = DOCUMENT["components"]["schemas"][reference.rsplit("/", 1)[1]] if reference else schema
        for part in parts(named):
            closed = {"enum", "format", "maxLength", "pattern"} & set(part)

            assert closed or part.get("type") != "string", part
            assert "maxItems" in part or part.get("type") != "array", part


def test_links_lead_to_operations_that_take_what_they_give() -> None:
    parameters = {
        op["operationId"]: {p["name"] for p in op["parameters"] if p["in"] == "path"} for _, _, op in operations()
    }
    links = [link for part in parts(DOCUMENT["paths"]) for link in part.get("links", {}).values()]

    assert len(links) >= 20
    assert all(set(link["parameters"]) == parameters[link["operationId"]] for link in links)


@pytest.mark.parametrize("route", [one for one in WITH_BODY if one in ALONE], ids=lambda route: route.name)
def test_an_example_works_as_it_is_written(route: Any, tenant: Tenant, rows: Rows) -> None:
    example = DOCUMENT["paths"][route.path][route.method.lower()]["requestBody"]["content"]["application/json"][
        "example"
    ]
    if route.name != "projects.create":
        tenant.call("POST", "/v1/projects", {"name": "shop", "id": PROJECT})

    things = things_of(tenant, rows)
    if route.needs == INVITED:
        tenant = replace(tenant, key=things.invitation)
    if route.name == "auth.decide":  # a code is good for what shows it, and no other
        example = example | {"user_code": things.user_code}
    reply = tenant.call(route.method, path_of(route, things), example)

    assert reply.status_code == route.status, reply.text


def test_a_new_route_would_be_told_of() -> None:
    only = document([by_name("memories.get")])

    assert list(only["paths"]) == ["/v1/memories/{memory_id}"]
    assert re.match(r"\d+\.\d+", only["info"]["version"])
