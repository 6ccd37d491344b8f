"""What a route can answer: its own status, and the problems that are possible there; told in docs/openapi.json."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, get_origin

import msgspec

from contextfs.kit import errors
from contextfs.kit.errors import ContextFSError
from contextfs.kit.page import Page
from contextfs.kit.payload import Payload
from contextfs.runtime.door.binding import Binding
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.http.problems import headers_of
from contextfs.runtime.table import CSV, JSON, PUBLIC, SIGNED, Route


class Told(msgspec.Struct, frozen=True):
    """A problem as it is documented."""

    status: int
    sentence: str
    headers: tuple[str, ...]


def _told(kind: type[ContextFSError]) -> Told:
    names = ["X-Request-Id", *("-".join(map(_capital, name.split("-"))) for name in headers_of(kind()))]
    return Told(kind.status, f"{kind.title()}.", tuple(sorted(names)))


def _capital(part: str) -> str:
    return "WWW" if part == "www" else part.capitalize()


PROBLEMS: Mapping[str, Told] = MappingProxyType(
    {
        kind.__name__: _told(kind)
        for kind in (
            errors.BadInput,
            errors.NotAuthenticated,
            errors.NotAllowed,
            errors.NotFound,
            errors.Conflict,
            errors.VersionMismatch,
            errors.TooLarge,
            errors.UnsupportedMedia,
            errors.Invalid,
            errors.TooManyRequests,
            errors.Unavailable,
        )
    }
)
"""The problems by name; those that belong to no route (405) and those that are never meant (500) are not among them."""


_NAMING = {"projects.update", "sources.create"}
"""Routes that give a name which another thing may have already."""
_BY_CODE = {"auth.decide"}
"""Routes whose body names what is there, or not, by a code."""


def problems(route: Route, binding: Binding) -> Iterator[str]:
    """Name the problems that a route can answer, in the order of their statuses."""
    fields = getattr(binding.body_type, "__struct_fields__", ())
    guarded = route.needs != PUBLIC
    signs_in = route.status == HTTPStatus.SEE_OTHER or (not guarded and route.audits is not None)
    needed = {field.name for field in msgspec.structs.fields(binding.query_type) if field.required}
    if binding.body_type is Payload:  # what is sent goes into a project, whether it is named or not
        needed = set(binding.query_type.__struct_fields__)
    names_project = {"project_id", "projects"} & {*fields, *needed} and not is_page(binding.reply_type)
    possible = {
        "NotAuthenticated": guarded or signs_in,
        "NotAllowed": (guarded and route.needs != SIGNED) or signs_in,
        "NotFound": "{" in route.path or bool(names_project) or signs_in or route.name in _BY_CODE,
        "Conflict": route.conflicts or "id" in fields or route.name in _NAMING,
        "VersionMismatch": binding.compares,
        "UnsupportedMedia": binding.body_type is not None,
        "TooManyRequests": route.cost > 0,
    }
    yield from (name for name in PROBLEMS if possible.get(name, True))


def success(route: Route, binding: Binding, by_type: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the reply to a call that went well."""
    headers = ["X-Request-Id"]
    if binding.tells_version:
        headers.append("ETag")
    if route.method != "GET" and route.needs != PUBLIC:
        headers.append("Idempotent-Replayed")
    if route.cost:
        headers += ["RateLimit-Policy", "RateLimit"]
    told: dict[str, Any] = {
        "description": HTTPStatus(route.status).phrase,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
    }
    if binding.reply_type in {None, type(None)} or route.status in {HTTPStatus.NO_CONTENT, HTTPStatus.SEE_OTHER}:
        return told
    if binding.reply_type is HttpResponse:
        schema: Any = {"type": "object" if route.returns == JSON else "string"}
    else:
        schema = by_type[repr(binding.reply_type)]
    content: dict[str, Any] = {route.returns: {"schema": schema}}
    if route.tabular:
        content[CSV] = {"schema": {"type": "string"}}
    return told | {"content": content}


def is_page(kind: Any) -> bool:
    """Tell whether a reply is a page of a list."""
    return get_origin(kind) is Page
