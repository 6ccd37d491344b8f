"""One route as an OpenAPI operation: its parameters, its body, its replies, and where its reply leads."""

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from contextfs.kit.payload import Payload
from contextfs.runtime.door.binding import Binding
from contextfs.runtime.openapi.examples import BODIES
from contextfs.runtime.openapi.replies import PROBLEMS, is_page, problems, success
from contextfs.runtime.table import INVITED, JSON, PUBLIC, SIGNED, Route

Schemas = Mapping[str, Any]

_FOREIGN = {"type": "object"}
_TAG = '"650a1c9b2f3e4"'
_TAGS = r'^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$'


def operation(route: Route, binding: Binding, by_type: Schemas, routes: Sequence[Route]) -> dict[str, Any]:
    """Describe a route; `routes` are those that its reply may lead to."""
    told = inspect.getdoc(binding.handle) or ""
    module = inspect.getmodule(binding.handle)
    described: dict[str, Any] = {
        "operationId": route.target,
        "tags": [route.group],
        "summary": (inspect.getdoc(module) or told).split("\n", 1)[0].rstrip("."),
        "description": told,
        "parameters": [*_parameters(binding, by_type), *_header_parameters(route, binding)],
        "responses": _responses(route, binding, by_type, routes),
    }
    if route.needs == PUBLIC:
        described["security"] = []
    elif route.needs == SIGNED:
        described["security"] = [{"signature": []}]
    elif route.needs == INVITED:
        described["security"] = [{"invitation": []}]
    else:
        described["x-permission"] = route.needs
    if binding.body_type is not None:
        described["requestBody"] = {"required": True, "content": _content(route, binding, by_type)}
    return described


def _content(route: Route, binding: Binding, by_type: Schemas) -> dict[str, Any]:
    """Describe a body: a noun, or whatever a program elsewhere sends."""
    if binding.body_type is Payload:
        structured = {"schema": _FOREIGN, "example": dict(BODIES[route.name])}
        binary = {"schema": {"type": "string", "format": "binary"}}
        return {kind: structured if kind in {JSON, route.accepts[0]} else binary for kind in route.accepts}
    return {JSON: {"schema": by_type[repr(binding.body_type)], "example": dict(BODIES[route.name])}}


def _parameters(binding: Binding, by_type: Schemas) -> Iterator[dict[str, Any]]:
    for place, struct in (("path", binding.path_type), ("query", binding.query_type)):
        for field in msgspec.structs.fields(struct):
            schema = dict(by_type[repr(field.type)])
            told = schema.pop("description", None)
            if field.default is not msgspec.NODEFAULT and field.default is not None:
                schema["default"] = field.default
            parameter = {"name": field.name, "in": place, "required": field.required, "schema": schema}
            yield parameter | ({"description": told} if told else {})


def _header_parameters(route: Route, binding: Binding) -> Iterator[dict[str, Any]]:
    if route.needs in {PUBLIC, SIGNED}:
        return
    if route.method != "GET":
        yield _header(
            "Idempotency-Key",
            "A request with the same key is done only once; repeats get the first reply.",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            minLength=1,
            maxLength=255,
            pattern=r"^[\x21-\x7e]+$",
        )
    if binding.compares:
        told = "The version that you change, from ETag; if it is not current, the answer is 412."
        yield _header("If-Match", told, _TAG, pattern=_TAGS)
    if route.method == "GET" and binding.tells_version:
        told = "The version that you have, from ETag; if it is still current, the answer is 304."
        yield _header("If-None-Match", told, _TAG, pattern=_TAGS)


def _header(name: str, told: str, example: str, **limits: Any) -> dict[str, Any]:
    schema = {"type": "string", **limits}
    said = {"name": name, "in": "header", "required": False, "description": told}
    return said | {"schema": schema, "example": example}


def _responses(route: Route, binding: Binding, by_type: Schemas, routes: Sequence[Route]) -> dict[str, Any]:
    well = success(route, binding, by_type)
    links = _links(route, binding, routes)
    told: dict[str, Any] = {str(route.status): well | ({"links": links} if links else {})}
    if route.method == "GET" and binding.tells_version:
        told["304"] = {"description": "The version that you have is current.", "headers": well["headers"]}
    for name in problems(route, binding):
        told[str(PROBLEMS[name].status)] = {"$ref": f"#/components/responses/{name}"}
    return told


def _links(route: Route, binding: Binding, routes: Iterable[Route]) -> dict[str, Any]:
    """Lead from what a route made, or listed first, to the routes that take its id."""
    listed = is_page(binding.reply_type)
    place = "/items/0/id" if listed else _id_of(binding.reply_type)
    if "{" in route.path or place is None or not (listed or route.status == 201):
        return {}
    below = [other for other in routes if other.path.startswith(f"{route.path}/{{")]
    return {
        other.target: {
            "operationId": other.target,
            "parameters": {other.path.split("{", 1)[1].split("}", 1)[0]: f"$response.body#{place}"},
        }
        for other in below
    }


def _id_of(reply: Any) -> str | None:
    """Find the id in a reply: its own, or that of the first noun in it."""
    fields = {field.name: field.type for field in msgspec.structs.fields(reply)} if _is_struct(reply) else {}
    if "id" in fields:
        return "/id"
    nested = (name for name, kind in fields.items() if _is_struct(kind) and "id" in kind.__struct_fields__)
    return next((f"/{name}/id" for name in nested), None)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
