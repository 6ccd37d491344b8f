"""Whatever is sent, each route answers one clear problem: never a fault of the server, and never a quotation."""

import gzip
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import msgspec
import pytest
from msgspec import inspect
from starlette.testclient import TestClient

from contextfs.domain.access import keys
from contextfs.kit.ports import Database, Statement, Transaction
from contextfs.runtime.door.binding import bind
from contextfs.runtime.gateway import gateway
from contextfs.runtime.table import MIB, Route
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.functions.asking import ROUTES, UNKNOWN, WITH_BODY, WITH_ID, Things, body_of, by_name, path_of, told
from tests.functions.conftest import Rows

Send = Callable[..., Any]

JSON = "application/json"
NOBODYS = Things(**dict.fromkeys(Things.__dataclass_fields__, UNKNOWN) | {"source": f"src_{'0' * 43}"})
MARK = "correct-horse-battery-staple"
QUOTED = (MARK, "ghp_9fKq2LmX7vTzR4wYbN8cJdHs3gPaE61uVtQk")
"""What no problem may quote."""

BROKEN: dict[str, bytes] = {
    "half": b'{"content": ',
    "no json": b"content=1",
    "trailing": b'{"content": "x"} tail',
    "null": b"null",
    "a list": b"[]",
    "a text": b'"' + MARK.encode() + b'"',
    "a number": b"1",
    "empty object": b"{}",
    "bad utf-8": b'{"content": "\xff\xfe"}',
    "utf-16": '{"content": "x"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"content": "x"}',
    "raw nul": b'{"content": "a\x00b"}',
    "lone surrogate": rb'{"content": "\ud800"}',
    "two high surrogates": rb'{"content": "\ud800\ud800"}',
    "surrogate in utf-8": b'{"content": "\xed\xa0\x80"}',
    "NaN": b'{"content": NaN}',
    "Infinity": b'{"metadata": {"x": Infinity}}',
    "1e999": b'{"metadata": {"x": 1e999}}',
    "endless number": b'{"metadata": {"x": ' + b"9" * 10_000 + b"}}",
    "endless depth": b'{"metadata": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "unknown field": b'{"contents": 1}',
    "a secret as a field": b'{"ghp_9fKq2LmX7vTzR4wYbN8cJdHs3gPaE61uVtQk": 1}',
    "long unknown field": b'{"' + b"x" * 100_000 + b'": 1}',
}
NASTY: dict[str, str] = {
    "nul": r'"\u0000"',
    "nul in a key": r'{"a\u0000": 1}',
    "deep list": "[" * 200 + "]" * 200,
    "deep object": '{"a":' * 200 + "1" + "}" * 200,
    "mixed case": f'"{MARK}"',
    "empty text": '""',
    "long text": f'"{"x" * 300_000}"',
    "beyond 64 bits": "99999999999999999999999999",
    "negative": "-1",
    "1e308": "1e308",
    "tiny": "1e-400",
    "before the calendar": '"0001-01-01T00:00:00+14:00"',
    "after the calendar": '"9999-12-31T23:59:59-14:00"',
    "list of nulls": "[null, null]",
    "many": f"[{','.join(['1'] * 2000)}]",
    "true": "true",
    "null": "null",
    "object": '{"": ""}',
}
WRONG: dict[type[inspect.Type], Any] = {
    inspect.StrType: 5,
    inspect.UUIDType: MARK,
    inspect.DateTimeType: MARK,
    inspect.IntType: MARK,
    inspect.FloatType: MARK,
    inspect.BoolType: MARK,
    inspect.ListType: MARK,
    inspect.DictType: [MARK],
    inspect.StructType: [MARK],
    inspect.LiteralType: MARK,
}


@pytest.fixture
def send(quiet: TestClient, standing: Tenant, standing_things: Things) -> Send:
    """Give a function that sends anything to a route, and checks that a refusal is one clear problem."""

    def call(
        route: Route, content: bytes | None = None, *, path: str | None = None, key: str | None = None, **headers: Any
    ) -> Any:
        sent = {"authorization": f"Bearer {key or standing.key}", "content-type": JSON}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        where = path or path_of(route, standing_things)
        reply = quiet.request(route.method, where, content=content, headers=sent)

        # 503: a provider that is switched on is asked first, and the one of the example is not there.
        assert reply.status_code < 500 or (route.name, reply.status_code) == ("sso.put", 503), reply.text
        if reply.status_code >= 400:
            assert not any(word in reply.text for word in QUOTED), reply.text
            assert len(reply.content) < 2000
        return reply

    return call


def each(routes: tuple[Route, ...]) -> pytest.MarkDecorator:
    """Run a test once for each route, under its name."""
    return pytest.mark.parametrize("route", routes, ids=lambda route: route.name)


@each(WITH_BODY)
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_body_is_refused(route: Route, name: str, send: Send) -> None:
    reply = send(route, BROKEN[name])
    needs_nothing = {
        "search.query",
        "invitations.accept",
        "keys.rotate",
        "sources.rotate",
        "audit_stream.rotate",
        "exports.create",
        "sessions.update",
        "memories.update",
        "projects.update",
    }
    accepted = name == "empty object" and route.name in needs_nothing | {"users.update", "roles.update"}

    assert (reply.status_code in {400, 422}) != accepted


def fields() -> Iterator[Any]:
    """Name each field of each body."""
    for route in WITH_BODY:
        noun = inspect.type_info(bind(route).body_type)
        assert isinstance(noun, inspect.StructType)
        for field in noun.fields:
            yield pytest.param(route, field, id=f"{route.name}-{field.name}")


@pytest.mark.parametrize(("route", "field"), list(fields()))
def test_a_field_of_the_wrong_type_is_named(
    route: Route, field: inspect.Field, send: Send, standing_things: Things
) -> None:
    body = body_of(route, standing_things.project_id) | {field.name: WRONG[_kind(field.type)]}

    reply = send(route, msgspec.json.encode(body))

    assert reply.status_code == 422
    assert told(reply)["where"] == f"$.{field.name}"


@pytest.mark.parametrize(("route", "field"), list(fields()))
def test_a_nasty_value_never_is_a_fault_of_the_server(
    route: Route, field: inspect.Field, send: Send, standing_things: Things
) -> None:
    body = body_of(route, standing_things.project_id)
    for text in NASTY.values():
        content = json.dumps(body | {field.name: "@"}).replace('"@"', text)

        reply = send(route, content.encode())

        # What is switched on is asked first, and the provider of the example is not there.
        away = {503} if (route.name, field.name) == ("sso.put", "enabled") else set[int]()
        assert reply.status_code in {200, 201, 403, 404, 409, 400, 422} | away
        if text == NASTY["nul"]:
            assert reply.status_code == 422


@pytest.mark.parametrize("name", ["nul", "nul in a key", "deep list", "deep object"])
@pytest.mark.parametrize("route", [r for r in WITH_BODY if "metadata" in bind(r).body_type.__struct_fields__])
def test_what_the_store_cannot_hold_is_refused_wherever_it_hides(
    route: Route, name: str, send: Send, standing_things: Things
) -> None:
    body = body_of(route, standing_things.project_id) | {"metadata": {"deep": [{"er": "@"}]}}

    reply = send(route, json.dumps(body).replace('"@"', NASTY[name]).encode())

    assert reply.status_code in {400, 422}


@each(ROUTES)
def test_a_huge_body_is_refused_by_its_length_and_without_one(
    route: Route, quiet: TestClient, standing: Tenant
) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(10):
            yield b" " * MIB

    path = path_of(route, NOBODYS)
    headers = {"authorization": f"Bearer {standing.key}", "content-type": JSON}

    for content in (b" " * 10 * MIB, parts()):
        reply = quiet.request(route.method, path, content=content, headers=headers)

        assert reply.status_code == 413
        assert told(reply)["detail"] == f"The body is larger than {route.body_limit} bytes: send it in smaller parts."


@each(WITH_BODY)
@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        f"{JSON}; charset=utf-16",
        f"{JSON}, {JSON}",
    ],
)
def test_a_body_of_another_media_type_is_refused(
    route: Route, media_type: str, send: Send, standing_things: Things
) -> None:
    body = msgspec.json.encode(body_of(route, standing_things.project_id))

    reply = send(route, body, content_type=media_type)

    assert reply.status_code == 415
    assert told(reply)["where"] == "header.Content-Type"


def test_a_body_that_is_packed_in_another_way_than_ours_is_refused(send: Send) -> None:
    reply = send(by_name("search.query"), b"\x1f\x8b", content_encoding="br")

    assert reply.status_code == 415
    assert told(reply)["where"] == "header.Content-Encoding"


@pytest.mark.parametrize("media_type", [JSON, f"{JSON}; charset=UTF-8", f'{JSON}; charset="utf-8"', "Application/JSON"])
def test_json_is_known_in_every_spelling(media_type: str, send: Send) -> None:
    assert send(by_name("search.query"), b"{}", content_type=media_type).status_code == 200


@each(WITH_ID)
@pytest.mark.parametrize(
    "text",
    ["1", "null", "%00", "%ff", "..", quote(MARK), "x" * 300, UNKNOWN + "%0A", UNKNOWN[:-1] + "g", "%F0%9F%92%A9"],
)
def test_a_bad_id_in_the_path_is_refused(route: Route, text: str, send: Send) -> None:
    path = path_of(route, Things(*[text] * len(Things.__dataclass_fields__)))
    body = msgspec.json.encode(body_of(route, UNKNOWN)) if route in WITH_BODY else None

    reply = send(route, body, path=path)

    assert reply.status_code in {404, 405, 422} | ({400} if "{domain}" in route.path else set[int]())


def parameters() -> Iterator[Any]:
    """Name each parameter of each query."""
    for route in ROUTES:
        for name in bind(route).query_type.__struct_fields__:
            yield pytest.param(route, name, id=f"{route.name}-{name}")


@pytest.mark.parametrize(("route", "name"), list(parameters()))
def test_a_bad_parameter_is_refused(route: Route, name: str, send: Send, standing_things: Things) -> None:
    body = msgspec.json.encode(body_of(route, standing_things.project_id)) if route in WITH_BODY else None
    path = path_of(route, standing_things)
    for text in ("%00", "%ff", "%ED%A0%80", "x" * 1500):
        reply = send(route, body, path=f"{path}?{name}={text}")

        # A message of SAML may be that long, and this tenant's provider speaks none.
        assert reply.status_code in {400, 422} | ({404} if name.startswith("SAML") else set[int]()), text
    for text in ("", "null", quote(MARK), "1e10", "0001-01-01T00:00:00%2B14:00", "%F0%9F%92%A9", "-1", "1.0", "%20"):
        assert send(route, body, path=f"{path}?{name}={text}").status_code < 500


@pytest.mark.parametrize(("route", "name"), list(parameters()))
def test_a_parameter_that_is_sent_twice_is_refused(
    route: Route, name: str, send: Send, standing_things: Things
) -> None:
    body = msgspec.json.encode(body_of(route, standing_things.project_id)) if route in WITH_BODY else None
    value = {"limit": "5", "wait": "searchable", "cursor": "", "status": "open", "conflicted": "true"}.get(
        name, UNKNOWN
    )

    path = path_of(route, standing_things)
    begun = f"{path}{'&' if '?' in path else '?'}"
    reply = send(route, body, path=f"{begun}{name}={value}&{name}={value}")

    assert (reply.status_code == 400) == (name not in bind(route).repeated)


CURSORS = {
    "garbage": "!!!",
    "no base64": "a",
    "not json": "aGVsbG8",
    "another form": "e30",
    "no zone": "WyIyMDMwLTAxLTAxVDAwOjAwOjAwIiwiMDE5MGZmZmYtZmZmZi03ZmZmLWJmZmYtZmZmZmZmZmZmZmZmIl0",
    "null": "null",
    "long": "A" * 200,
}


@pytest.mark.parametrize("route", [route for route in ROUTES if "cursor" in bind(route).query_type.__struct_fields__])
@pytest.mark.parametrize("name", CURSORS)
def test_a_cursor_that_is_not_ours_is_refused(route: Route, name: str, send: Send, standing_things: Things) -> None:
    reply = send(route, path=f"{path_of(route, standing_things)}?cursor={CURSORS[name]}")

    assert reply.status_code in {400, 422}


@each(ROUTES)
def test_a_very_long_address_is_refused(route: Route, send: Send, standing_things: Things) -> None:
    reply = send(route, path=f"{path_of(route, standing_things)}?{MARK}={'x' * 20_000}")

    assert reply.status_code == 413


@each(ROUTES)
def test_very_many_parameters_are_refused(route: Route, send: Send, standing_things: Things) -> None:
    reply = send(route, path=f"{path_of(route, standing_things)}?{'&'.join(['a=1'] * 300)}")

    assert reply.status_code == 400


@each(ROUTES)
def test_very_long_headers_are_refused(route: Route, send: Send) -> None:
    assert send(route, x_anything="x" * 70_000).status_code == 413


@each(ROUTES)
def test_a_request_id_that_is_none_is_replaced(route: Route, send: Send) -> None:
    path = path_of(route, Things(*[UNKNOWN] * len(Things.__dataclass_fields__)))  # nothing is changed, nor deleted
    for given in (b"", b"a b", b"x" * 65, b"\xe9", b"<script>"):
        assert send(route, path=path, x_request_id=given).headers["x-request-id"].encode() != given


@each(ROUTES)
def test_an_if_match_that_cannot_be_read_is_refused(route: Route, send: Send, standing_things: Things) -> None:
    body = msgspec.json.encode(body_of(route, standing_things.project_id)) if route in WITH_BODY else None
    guarded = route.needs != "public"
    for header in ("", "abc", '"a" "b"', '"half', "W/abc"):
        assert (send(route, body, if_match=header).status_code == 400) == guarded


def test_headers_that_were_sent_twice_are_one_list(quiet: TestClient, standing: Tenant) -> None:
    twice = [("authorization", f"Bearer {standing.key}"), ("authorization", "Bearer other")]

    assert quiet.get("/v1/projects", headers=twice).status_code == 401


def test_what_cannot_be_read_leaves_no_transaction_open(tenant: Tenant, rows: Rows) -> None:
    """It is read while the database looks for who sent it, and so inside of the call's transaction."""
    open_ones = "select pid from pg_stat_activity where usename = 'contextfs_app' and state ~ 'in transaction'"
    headers = {"authorization": f"Bearer {tenant.key}", "content-type": JSON}
    good = {"project_id": str(tenant.project_id), "content": "We deploy with uv."}
    assert tenant.call("POST", "/v1/memories", good).status_code == 201
    before = tenant.call("GET", "/v1/memories").json()
    for name in [*BROKEN] * 2:  # more often than there are connections
        reply = tenant.http.post("/v1/memories", content=BROKEN[name], headers=headers)
        assert (name, reply.status_code in {400, 422}) == (name, True)

    assert rows.connection.execute(open_ones).fetchall() == []
    assert tenant.call("GET", "/v1/memories").json() == before
    assert tenant.call("POST", "/v1/memories", good).json()["receipt"]["duplicates"] == 1


@dataclass(frozen=True)
class Watched:
    """The database, and how many calls had a connection before what they sent was read."""

    database: Database
    early: list[int]

    def transaction(self, *opening: Statement, **more: Any) -> AbstractContextManager[tuple[Transaction, Any]]:
        """Open a transaction."""
        self.early.append(more.get("meanwhile") is not None)
        return self.database.transaction(*opening, **more)

    def close(self) -> None:
        """Leave it open: it is of others, too."""


@pytest.mark.parametrize(
    ("body", "encoding", "early"),
    [
        (b'{"content": ', "identity", 1),
        (b'{"content": "' + b"x" * 16_384, "identity", 0),
        (gzip.compress(b'{"metadata": {"x": [' + b"[]," * 300_000, 9), "gzip", 0),
        (gzip.compress(b'{"content": '), " X-GZIP ", 0),
        (b'{"content": ', "br", 0),
    ],
    ids=["small", "large", "packed", "packed and small", "packed in another way"],
)
def test_no_connection_waits_for_what_takes_long_to_read(
    body: bytes, encoding: str, early: int, tenant: Tenant, wiring: Wiring
) -> None:
    """Whoever sends it: a few bytes that are packed may be many."""
    watched = Watched(wiring.services.database, [])
    door = replace(wiring.door, services=replace(wiring.services, database=watched))
    nobodys = keys.mint(tenant.org_id, uuid4(), environment="live", entropy=secrets.token_bytes)
    seen: list[tuple[bool, int]] = []
    with TestClient(gateway(door, routes())) as client:
        for key in (tenant.key, str(nobodys)):
            headers = {"authorization": f"Bearer {key}", "content-type": JSON, "content-encoding": encoding}
            reply = client.post("/v1/memories", content=body, headers=headers)
            seen.append((reply.status_code in {400, 415, 422}, sum(watched.early)))

    assert seen == [(True, early), (True, 2 * early)]


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/memories/", "//v1/memories", "/v1/memories/a/b/c", "/\x00", "/%ff"]
)
def test_an_address_that_is_not_there_is_told(path: str, quiet: TestClient) -> None:
    reply = quiet.get(quote(path, safe="/%"), headers={"x-request-id": "mine"})

    assert reply.status_code == 404
    assert told(reply)["request_id"] == "mine"


def _kind(kind: inspect.Type) -> type[inspect.Type]:
    if isinstance(kind, inspect.Metadata):
        return _kind(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next(_kind(one) for one in kind.types if not isinstance(one, inspect.NoneType | inspect.CustomType))
    return type(kind)
