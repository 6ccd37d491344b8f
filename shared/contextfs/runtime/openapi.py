"""OpenAPI 3.1 from the manifest and the handlers' signatures and docstrings. `docs/openapi.json` is its copy."""

import inspect
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

import msgspec

from contextfs.domain.access.rules import PERMISSIONS
from contextfs.runtime import wiring
from contextfs.runtime.binding import Binding, bind
from contextfs.runtime.http import HttpResponse
from contextfs.runtime.problems import MEDIA_TYPE, Problem
from contextfs.runtime.table import PUBLIC, Route

_REF = "#/components/schemas/{name}"
_UNSAFE = {"POST", "PATCH", "PUT", "DELETE"}
_PROBLEMS = {
    "400": "The request cannot be read.",
    "401": "The call carries no valid credential.",
    "403": "The credential lacks a permission.",
    "404": "There is no such thing, or it is not yours to see.",
    "409": "The change contradicts what is already stored.",
    "412": "The thing changed since it was read.",
    "413": "The body is larger than this route accepts.",
    "415": "The body is of a media type that this route does not read.",
    "422": "A value is not acceptable.",
    "503": "A part that this call needs is not reachable; try again.",
}


@cache
def document_bytes() -> bytes:
    """Write the whole description as JSON."""
    return msgspec.json.format(msgspec.json.encode(document(wiring.routes())), indent=2) + b"\n"


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """Describe the routes."""
    bindings = {route: bind(route) for route in routes}
    types = list(_types(bindings.values()))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = {repr(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route, binding in bindings.items():
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, binding, by_type)
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
        "components": {"schemas": components, "securitySchemes": _security(), "headers": _headers()},
    }


def _types(bindings: Iterable[Binding]) -> Iterable[Any]:
    yield Problem
    seen: set[str] = set()
    for binding in bindings:
        for kind in (binding.body_type, binding.reply_type, *_parameter_types(binding)):
            if kind not in {None, HttpResponse} and repr(kind) not in seen:
                seen.add(repr(kind))
                yield kind


def _parameter_types(binding: Binding) -> Iterable[Any]:
    for struct in (binding.path_type, binding.query_type):
        yield from (field.type for field in msgspec.structs.fields(struct))


def _operation(route: Route, binding: Binding, by_type: dict[str, Any]) -> dict[str, Any]:
    told = inspect.getdoc(binding.handle) or ""
    operation: dict[str, Any] = {
        "operationId": route.target,
        "tags": [route.group],
        "summary": (inspect.getdoc(inspect.getmodule(binding.handle)) or told).split("\n", 1)[0].rstrip("."),
        "description": told,
        "parameters": [*_parameters(binding, by_type), *_header_parameters(route, binding)],
        "responses": {str(route.status): _success(binding, by_type), **_failures(route, binding)},
    }
    if route.needs == PUBLIC:
        operation["security"] = []
    else:
        operation["x-permission"] = route.needs
    if binding.body_type is not None:
        content = {"application/json": {"schema": by_type[repr(binding.body_type)]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(binding: Binding, by_type: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for place, struct in (("path", binding.path_type), ("query", binding.query_type)):
        for field in msgspec.structs.fields(struct):
            schema = dict(by_type[repr(field.type)])
            told = schema.pop("description", None)
            parameter: dict[str, Any] = {
                "name": field.name,
                "in": place,
                "required": field.required,
                "schema": _without_null(schema),
            }
            if field.default is not msgspec.NODEFAULT and field.default is not None:
                parameter["schema"] = {**parameter["schema"], "default": field.default}
            yield parameter | ({"description": told} if told else {})


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Give a parameter's schema without `null`: a query cannot say it."""
    options = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(options) == 1:
        return {key: value for key, value in schema.items() if key != "anyOf"} | options[0]
    if "enum" in schema:
        return schema | {"enum": [one for one in schema["enum"] if one is not None]}
    return schema


def _header_parameters(route: Route, binding: Binding) -> Iterable[dict[str, Any]]:
    if route.needs == PUBLIC:
        return
    if route.method in _UNSAFE:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The same request with the same key is done once; the first reply comes again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"},
        }
    if route.method in {"PATCH", "DELETE"} and _has_version(binding, route):
        yield {
            "name": "If-Match",
            "in": "header",
            "required": False,
            "description": "The version that the change is made to, as ETag gave it.",
            "schema": {"type": "string", "pattern": r'^("[\x21\x23-\x7e]*"|\*)$'},
        }


def _has_version(binding: Binding, route: Route) -> bool:
    return hasattr(binding.reply_type, "version") or route.method == "DELETE"


def _success(binding: Binding, by_type: dict[str, Any]) -> dict[str, Any]:
    headers = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
    if binding.reply_type is None or binding.reply_type is type(None):
        return {"description": "Done.", "headers": headers}
    schema = {"type": "object"} if binding.reply_type is HttpResponse else by_type[repr(binding.reply_type)]
    if hasattr(binding.reply_type, "version"):
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    return {"description": "Done.", "headers": headers, "content": {"application/json": {"schema": schema}}}


def _failures(route: Route, binding: Binding) -> dict[str, Any]:
    codes = {"400", "422", "503"}
    if route.needs != PUBLIC:
        codes |= {"401", "403", "404", "409"}
    if binding.body_type is not None:
        codes |= {"413", "415"}
    if route.method in {"PATCH", "DELETE", "POST"} and route.needs != PUBLIC:
        codes |= {"412"}
    content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}}
    return {code: {"description": _PROBLEMS[code], "content": content} for code in sorted(codes)}


def _security() -> dict[str, Any]:
    permissions = "\n".join(f"- `{name}`: {told}" for name, told in PERMISSIONS.items())
    return {
        "apiKey": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "ctxk_…",
            "description": f"An API key. Permissions:\n\n{permissions}",
        }
    }


def _headers() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "RequestId": {"description": "Finds this call in the logs.", "schema": text},
        "ETag": {"description": "The version, for If-Match and If-None-Match.", "schema": text},
    }


@cache
def _about(tag: str) -> str:
    module = import_module(f"functions.{tag}")
    return re.sub(r"\s+", " ", inspect.getdoc(module) or tag)
