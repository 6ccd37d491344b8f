"""A handler's signature, read once: which arguments come from the path, the query and the body, and their types."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from importlib import import_module
from types import NoneType
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec

from contextfs.kit.call import Outside
from contextfs.kit.errors import BadInput, Invalid
from contextfs.kit.payload import Payload
from contextfs.kit.ports import Statement
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.http.refusal import shown_name, told
from contextfs.runtime.http.storable import check_json, check_texts, in_utc
from contextfs.runtime.table import Route

_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_EXACT = 2**53
_BOOLEANS = {"true": True, "false": False}

Made = TypeVar("Made")


@dataclass(frozen=True)
class Binding:
    """A handler with its arguments by origin: a Struct type for path and query, one for the body, or None."""

    handle: Callable[..., Any]
    path_type: type[msgspec.Struct]
    query_type: type[msgspec.Struct]
    repeated: frozenset[str]
    body_type: Any
    """A Struct, or Payload where the body is taken as it is."""
    reply_type: Any
    compares: bool
    """Whether the route changes something that has versions, and so can compare If-Match with them."""
    ahead: Callable[[Mapping[str, Any]], Sequence[Statement]]
    """Gives what the handler asks first, by its arguments: it is sent along with who calls, to spare a round trip."""
    asks_of_body: bool
    """Whether that follows from the body, too, and not from the address alone."""
    draft: Callable[[Mapping[str, Any]], Any] | None
    """Makes what the handler takes as `draft` of the body, while it is looked up who calls."""
    behind: Callable[[Any], Sequence[Statement]]
    """Gives what stores a draft, unless it turns out that it may not: it is sent before that is known."""

    @property
    def tells_version(self) -> bool:
        """Whether the reply carries an ETag."""
        return hasattr(self.reply_type, "version")


@cache
def bind(route: Route) -> Binding:
    """Load a route's handler and read its signature; TypeError where what is beside it does not fit to it."""
    door = import_module(f"functions.{route.name}")
    handle: Callable[..., Any] = door.handle
    hints = get_type_hints(handle, include_extras=True)
    hint = hints.pop("return", None)
    reply = _reply(hint)
    parameters = list(inspect.signature(handle).parameters.values())[1:]
    in_path = [p for p in parameters if f"{{{p.name}}}" in route.path]
    in_query = [p for p in parameters if p not in in_path and p.name not in {"body", "draft"}]
    changes_one = route.method != "GET" and bool(in_path)
    has_versions = hasattr(reply, "version")
    first, drafted, behind = (getattr(door, name, None) for name in ("ahead", "drafted", "behind"))
    if behind is not None and (drafted is None or reply is not hint):
        # Whoever asks outside begins again with what was sent, and would store it a second time.
        raise TypeError(f"{route.name}: `behind` needs `drafted`, and a handler that asks nobody outside.")
    return Binding(
        handle=handle,
        path_type=_struct("Path", in_path, hints),
        query_type=_struct("Query", in_query, hints),
        repeated=frozenset(p.name for p in in_query if _is_list(hints[p.name])),
        body_type=hints.get("body"),
        reply_type=reply,
        compares=(changes_one and reply in {None, NoneType})
        or (has_versions and (changes_one or route.method == "PUT")),
        ahead=_named(first) if first is not None else lambda _: (),
        asks_of_body=first is not None and not inspect.signature(first).parameters.keys().isdisjoint({"body", "draft"}),
        draft=None if drafted is None else _named(drafted),
        behind=behind or (lambda _: ()),
    )


def _reply(hint: Any) -> Any:
    """Give what a handler replies: at once, or when it has asked outside."""
    outside = [one for one in (hint, *get_args(hint)) if get_origin(one) is Outside]
    return get_args(outside[0])[0] if outside else hint


def _named(own: Callable[..., Made]) -> Callable[[Mapping[str, Any]], Made]:
    """Call a function beside a handler with those of the arguments that it names."""
    names = tuple(inspect.signature(own).parameters)
    return lambda taken: own(**{name: taken[name] for name in names})


def addressed(binding: Binding, request: HttpRequest) -> dict[str, Any]:
    """Read path and query into the handler's arguments; BadInput or Invalid tell what is wrong where."""
    taken = _converted(dict(request.path_values), binding.path_type, "path")
    return taken | _converted(_query(binding, request), binding.query_type, "query")


def embodied(binding: Binding, request: HttpRequest, media_type: str) -> dict[str, Any]:
    """Read the body into the handler's argument, if it takes one; BadInput or Invalid tell what is wrong where."""
    if binding.body_type is Payload:
        return {"body": Payload(media_type=media_type, content=request.body)}
    if binding.body_type is not None:
        return {"body": _body(binding.body_type, request.body)}
    if request.body:
        raise BadInput("This route takes no body: send none.", where="body")
    return {}


def _struct(name: str, parameters: list[inspect.Parameter], hints: Mapping[str, Any]) -> type[msgspec.Struct]:
    fields: list[Any] = [
        (p.name, hints[p.name]) if p.default is inspect.Parameter.empty else (p.name, _sent(hints[p.name]), p.default)
        for p in parameters
    ]
    return msgspec.defstruct(name, fields, kw_only=True, frozen=True, forbid_unknown_fields=True)


def _sent(hint: Any) -> Any:
    """Give the type of a parameter that was sent: it may be left out, but no text in a query means null."""
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        return reduce(lambda kind, note: Annotated[kind, note], notes, _sent(inner))
    options = [option for option in get_args(hint) if option is not NoneType]
    return reduce(_either, options) if NoneType in get_args(hint) else hint


def _either(kind: Any, other: Any) -> Any:
    return kind | other


def _is_list(hint: Any) -> bool:
    if get_origin(hint) in {list, tuple}:
        return True
    return any(_is_list(part) for part in get_args(hint) if not isinstance(part, msgspec.Meta))


def _query(binding: Binding, request: HttpRequest) -> dict[str, Any]:
    known = binding.query_type.__struct_fields__
    values: dict[str, Any] = {}
    for name, text in request.query:
        if name not in known:
            choice = f"take one of {', '.join(known)}" if known else "this route takes none"
            raise Invalid(f"There is no parameter {shown_name(name)} here: leave it out; {choice}.", where="query")
        check_texts((text,), f"query.{name}")
        if name in binding.repeated:
            values.setdefault(name, []).append(text)
        elif name in values:
            raise BadInput(f"The query names {name} twice: send it once.", where=f"query.{name}")
        else:
            values[name] = _plain(binding.query_type.__annotations__[name], text)
    return values


def _plain(hint: Any, text: str) -> Any:
    """Read a number or a truth value from text in its one spelling; all else is left to its type."""
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if kind is int and _INTEGER.fullmatch(text):
        return int(text)
    return _BOOLEANS.get(text, text) if kind is bool else text


def _converted(values: dict[str, Any], wanted: type[msgspec.Struct], place: str) -> dict[str, Any]:
    try:
        struct = msgspec.convert(values, type=wanted)
    except msgspec.ValidationError as error:
        raise told(error, wanted, place) from error
    in_utc(struct, place)
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def _decoded(wanted: Any, body: bytes) -> Any:
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError as error:
        if "got `float`" not in str(error):
            raise
        return msgspec.convert(_whole(msgspec.json.decode(body)), type=wanted)


def _whole(value: Any) -> Any:
    """Write whole numbers as JSON Schema understands them: 5.0 is the integer 5."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in cast("dict[str, Any]", value).items()}
    return [_whole(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def _body(wanted: Any, body: bytes) -> Any:
    if not body:
        raise BadInput("This route needs a JSON body: send one with Content-Type: application/json.", where="body")
    try:
        value = _decoded(wanted, body)
        check_json(body)
    except msgspec.ValidationError as error:
        raise told(error, wanted, "$") from error
    except RecursionError as error:
        raise BadInput("The JSON is nested too deeply: flatten it.", where="body") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The body is not JSON in UTF-8: {error}.", where="body") from error
    in_utc(value, "$")
    return value
