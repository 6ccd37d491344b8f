"""Who may have requests passed on, and for which project: asked at the door, before a byte goes anywhere."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import msgspec

from contextfs.kit.errors import ContextFSError, Invalid, NotAuthenticated
from contextfs.recording.headers import KEY_HEADER, PROJECT_HEADER
from contextfs.runtime.door import Door
from contextfs.runtime.http import HttpRequest, HttpResponse
from contextfs.runtime.problems import problem
from contextfs.runtime.table import Route

_OK: Final = 200
_NEEDS: Final = "sessions:write"
_OURS: Final = re.compile(r"ctx(?:k_live|k_test|[itgr])_[0-9A-Za-z]{43}_[0-9A-Za-z]{39}")
_CARRIED: Final = ("x-request-id", "traceparent", "user-agent")

Ask = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Caller:
    """Who calls the routes that a request passing by needs: by the key of its own header, as any other call."""

    door: Door
    routes: Mapping[str, Route]
    headers: Mapping[str, str]
    address: str | None

    def ask(
        self,
        name: str,
        *,
        values: Mapping[str, str] | None = None,
        query: Sequence[tuple[str, str]] = (),
        body: Any = None,
        needs: str | None = None,
    ) -> HttpResponse:
        """Call a route through the door; with `needs`, it asks for that permission instead of its own."""
        route = self.routes[name]
        carried = {header: self.headers[header] for header in _CARRIED if header in self.headers}
        request = HttpRequest(
            method=route.method,
            path=route.path.format(**(values or {})),
            path_values=dict(values or {}),
            query=tuple(query),
            headers=carried
            | {"authorization": f"Bearer {self.headers[KEY_HEADER]}", "content-type": "application/json"},
            body=b"" if body is None else msgspec.json.encode(body),
            address=self.address,
        )
        return self.door.answer(replace(route, needs=needs or route.needs), request)

    def alone(self) -> "Caller":
        """Give the same caller without what goes on to the model: it may be remembered."""
        return replace(self, headers={KEY_HEADER: self.headers[KEY_HEADER]})


def project_of(caller: Caller) -> UUID | HttpResponse:
    """Give the project that what is said belongs to, or the answer for who may not add to it."""
    try:
        _check(caller.headers)
        named = caller.headers.get(PROJECT_HEADER)
        if named is not None:
            reply = caller.ask("projects.get", values={"project_id": str(_id(named))}, needs=_NEEDS)
            return UUID(msgspec.json.decode(reply.body)["id"]) if reply.status == _OK else reply
        reply = caller.ask("projects.list", query=[("limit", "2")], needs=_NEEDS)
        if reply.status != _OK:
            return reply
        items: list[dict[str, Any]] = msgspec.json.decode(reply.body)["items"]
        if len(items) != 1:
            why = "This key has no project" if not items else "This key has several projects"
            raise Invalid(f"{why}: name one in X-ContextFS-Project.", where="header.X-ContextFS-Project")
        return UUID(items[0]["id"])
    except ContextFSError as error:
        return problem(error, caller.door.request_id(caller.headers))


def _check(headers: Mapping[str, str]) -> None:
    """Refuse who brings no key of ours, and a key of ours that would go on to the model."""
    if not headers.get(KEY_HEADER, "").strip():
        raise NotAuthenticated(
            "Send a key of ContextFS in X-ContextFS-Key; Authorization is for the model's own.",
            where="header.X-ContextFS-Key",
        )
    if any(_OURS.search(value) for name, value in headers.items() if name != KEY_HEADER):
        raise Invalid(
            "A key of ContextFS stands in a header that goes on to the model: it is for X-ContextFS-Key alone."
        )


def _id(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise Invalid("X-ContextFS-Project is no id of a project.", where="header.X-ContextFS-Project") from None
