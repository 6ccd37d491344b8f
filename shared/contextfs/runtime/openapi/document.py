"""OpenAPI 3.1, from the manifest and the handlers' signatures and docstrings; `make openapi` keeps its copy."""

import inspect
import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

import msgspec

from contextfs.domain.access.rules import PERMISSIONS
from contextfs.kit.payload import Payload
from contextfs.runtime.door.binding import Binding, bind
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.http.problems import MEDIA_TYPE, Problem
from contextfs.runtime.openapi.operation import operation
from contextfs.runtime.openapi.replies import PROBLEMS
from contextfs.runtime.table import Route

_LONGEST = {"uuid": 36, "date-time": 64}
_REF = "#/components/schemas/{name}"


@cache
def document_bytes() -> bytes:
    """Write the whole description as JSON."""
    return (
        msgspec.json.format(msgspec.json.encode(document(import_module("functions.manifest").ROUTES)), indent=2) + b"\n"
    )


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """Describe the routes."""
    bindings = {route: bind(route) for route in routes}
    types = list(_types(bindings.values()))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = {repr(kind): _tidy(schema) for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route, binding in bindings.items():
        paths.setdefault(route.path, {})[route.method.lower()] = operation(route, binding, by_type, routes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ContextFS",
            "version": version("contextfs-platform"),
            "summary": "The memory layer for AI conversations.",
            "description": "Conversations come in, memories are learned, and the few that matter come back.",
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8420", "description": "the stack that `ctx up` starts"}],
        "security": [{"apiKey": []}],
        "tags": [{"name": tag, "description": _about(tag)} for tag in dict.fromkeys(route.group for route in routes)],
        "paths": paths,
        "components": {
            "schemas": {name: _tidy(schema) for name, schema in components.items()},
            "responses": _responses(),
            "headers": _headers(),
            "securitySchemes": _security(),
        },
    }


def _types(bindings: Iterable[Binding]) -> Iterable[Any]:
    yield Problem
    seen: set[str] = set()
    for binding in bindings:
        for kind in (binding.body_type, binding.reply_type, *_parameter_types(binding)):
            if kind not in {None, HttpResponse, Payload} and repr(kind) not in seen:
                seen.add(repr(kind))
                yield kind


def _parameter_types(binding: Binding) -> Iterable[Any]:
    for struct in (binding.path_type, binding.query_type):
        yield from (field.type for field in msgspec.structs.fields(struct))


def _tidy(schema: Any) -> Any:
    """Say of an enumeration that it is text, how long and large things can be, and of a docstring no line breaks."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]  # pyright: ignore[reportUnknownVariableType] - any JSON
    if not isinstance(schema, dict):
        return schema
    tidy: dict[str, Any] = {name: _tidy(value) for name, value in schema.items()}  # pyright: ignore[reportUnknownVariableType] - any JSON
    if isinstance(tidy.get("enum"), list):
        tidy = {"type": "string"} | tidy
    if tidy.get("type") == "integer":
        tidy["format"] = "int64"
    if str(tidy.get("format")) in _LONGEST:  # a property may have that name, too
        tidy["maxLength"] = _LONGEST[tidy["format"]]
    if isinstance(tidy.get("description"), str):
        tidy["description"] = re.sub(r"\s+", " ", tidy["description"])
    return tidy


def _responses() -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}}
    return {
        name: {
            "description": told.sentence,
            "headers": {header: {"$ref": f"#/components/headers/{header}"} for header in told.headers},
            "content": content,
        }
        for name, told in PROBLEMS.items()
    }


def _headers() -> dict[str, Any]:
    tag = r'^(W/)?"[\x21\x23-\x7e]*"$'
    return {
        "X-Request-Id": _text("Finds this call in the logs.", maxLength=64),
        "ETag": _text("The version, for If-Match and If-None-Match.", maxLength=200, pattern=tag),
        "WWW-Authenticate": _text("How to authenticate.", maxLength=200),
        "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
        "RateLimit-Policy": _text("How much this caller may do: `q` units in `w` seconds.", maxLength=400),
        "RateLimit": _text("What is left of it (`r`), and the seconds until all of it is back (`t`).", maxLength=400),
        "Idempotent-Replayed": _text("`true` when this is the first reply to this Idempotency-Key.", enum=["true"]),
    }


def _text(told: str, **limits: Any) -> dict[str, Any]:
    return {"description": told, "schema": {"type": "string", **limits}}


def _security() -> dict[str, Any]:
    permissions = "\n".join(f"- `{name}`: {told}" for name, told in PERMISSIONS.items())
    return {
        "apiKey": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "ctxk_…",
            "description": f"An API key. Permissions:\n\n{permissions}",
        },
        "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "webhook-signature",
            "description": "Signed with the source's secret, as in Standard Webhooks, GitHub or Slack.",
        },
        "invitation": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "ctxi_…",
            "description": "The token of an invitation; it works once.",
        },
    }


@cache
def _about(tag: str) -> str:
    module = import_module(f"functions.{tag}")
    return re.sub(r"\s+", " ", inspect.getdoc(module) or tag)


if __name__ == "__main__":
    sys.stdout.buffer.write(document_bytes())
