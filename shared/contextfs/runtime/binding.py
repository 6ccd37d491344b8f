"""A handler's signature, read once: which arguments come from the path, the query and the body, and their types."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, cast, get_args, get_origin, get_type_hints

import msgspec

from contextfs.kit.errors import BadInput, Invalid
from contextfs.runtime.http import HttpRequest
from contextfs.runtime.table import Route

_NUL = "\x00"
_NUL_IN_JSON = b"\\u0000"
_TOO_DEEP = 100


@dataclass(frozen=True)
class Binding:
    """A handler with its arguments by origin: a Struct type for path and query, one for the body, or None."""

    handle: Callable[..., Any]
    path_names: frozenset[str]
    path_type: type[msgspec.Struct]
    query_type: type[msgspec.Struct]
    repeated: frozenset[str]
    body_type: Any
    reply_type: Any


@cache
def bind(route: Route) -> Binding:
    """Load a route's handler and read its signature."""
    handle: Callable[..., Any] = import_module(f"functions.{route.name}").handle
    hints = get_type_hints(handle, include_extras=True)
    reply = hints.pop("return", None)
    parameters = list(inspect.signature(handle).parameters.values())[1:]
    in_path = frozenset(p.name for p in parameters if f"{{{p.name}}}" in route.path)
    in_query = [p for p in parameters if p.name not in in_path and p.name != "body"]
    return Binding(
        handle=handle,
        path_names=in_path,
        path_type=_struct("Path", [p for p in parameters if p.name in in_path], hints),
        query_type=_struct("Query", in_query, hints),
        repeated=frozenset(p.name for p in in_query if _is_list(hints[p.name])),
        body_type=hints.get("body"),
        reply_type=reply,
    )


def arguments(binding: Binding, request: HttpRequest) -> dict[str, Any]:
    """Read a request into the handler's arguments; BadInput, Invalid or UnsupportedMedia tell what is wrong where."""
    taken = _fields(_convert(dict(request.path_values), binding.path_type, "path"))
    taken |= _fields(_convert(_query(binding, request), binding.query_type, "query"))
    if binding.body_type is not None:
        taken["body"] = _body(binding.body_type, request.body)
    elif request.body:
        raise BadInput("This route takes no body: send none.", where="body")
    return taken


def _struct(name: str, parameters: list[inspect.Parameter], hints: Mapping[str, Any]) -> type[msgspec.Struct]:
    fields: list[Any] = [
        (p.name, hints[p.name]) if p.default is inspect.Parameter.empty else (p.name, hints[p.name], p.default)
        for p in parameters
    ]
    return msgspec.defstruct(name, fields, kw_only=True, frozen=True, forbid_unknown_fields=True)


def _is_list(hint: Any) -> bool:
    if get_origin(hint) in {list, tuple}:
        return True
    return any(_is_list(part) for part in get_args(hint) if not isinstance(part, msgspec.Meta))


def _query(binding: Binding, request: HttpRequest) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in request.query:
        if name in binding.repeated:
            values.setdefault(name, []).append(value)
        elif name in values:
            raise BadInput(f"The query names {name} twice: send it once.", where=f"query.{name[:40]}")
        else:
            values[name] = value
    return values


def _convert(values: dict[str, Any], wanted: type[msgspec.Struct], place: str) -> msgspec.Struct:
    if any(_NUL in text for text in _texts(values)):
        raise Invalid("Text cannot hold the NUL character (U+0000): remove it.", where=place)
    try:
        return msgspec.convert(values, type=wanted, strict=False)
    except msgspec.ValidationError as error:
        raise _told(error, place) from error


def _texts(values: dict[str, Any]) -> Iterator[str]:
    for value in values.values():
        yield from cast("list[str]", value) if isinstance(value, list) else (value,)


def _fields(struct: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def _body(wanted: Any, body: bytes) -> Any:
    if not body:
        raise BadInput("This route needs a JSON body: send one with Content-Type: application/json.", where="body")
    try:
        value = msgspec.json.decode(body, type=wanted)
        _check_text(body)
    except msgspec.ValidationError as error:
        raise _told(error, "$") from error
    except RecursionError as error:
        raise BadInput("The JSON is nested too deeply: flatten it.", where="body") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The body is not JSON in UTF-8: {error}.", where="body") from error
    return value


def _check_text(body: bytes) -> None:
    """Refuse what JSON can say and the store cannot hold: NUL characters and absurd nesting."""
    suspicious = _NUL_IN_JSON in body or body.count(b"[") + body.count(b"{") > _TOO_DEEP
    if suspicious:
        _walk(msgspec.json.decode(body), 0)


def _walk(value: Any, depth: int) -> None:
    if depth > _TOO_DEEP:
        raise BadInput(f"The JSON is nested deeper than {_TOO_DEEP} levels: flatten it.", where="body")
    if isinstance(value, str):
        if _NUL in value:
            raise Invalid("Text cannot hold the NUL character (U+0000): remove it.", where="body")
    elif isinstance(value, dict):
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType] - any JSON
            _walk(key, depth)
            _walk(item, depth + 1)
    elif isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType] - any JSON
            _walk(item, depth + 1)


def _told(error: msgspec.ValidationError, place: str) -> Invalid:
    """Split `Expected … - at `$.tags[0]`` into what is wrong and where."""
    what, _, path = str(error).partition(" - at `")
    where = path.rstrip("`") or "$"
    return Invalid(f"{what}.", where=where if place == "$" else where.replace("$", place, 1))
