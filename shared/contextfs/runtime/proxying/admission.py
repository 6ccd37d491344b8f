"""Who may have requests passed on, and for which project: asked at the door, before a byte goes anywhere."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from contextfs.kit.errors import ContextFSError, Invalid, NotAuthenticated
from contextfs.recording.headers import KEY_HEADER, PROJECT_HEADER
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.http.problems import problem
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
        cost: int | None = None,
    ) -> HttpResponse:
        """Call a route through the door; `needs` and `cost` stand for the route's own."""
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
        asked = replace(route, needs=needs or route.needs, cost=route.cost if cost is None else cost)
        return self.door.answer(asked, request)

    def alone(self) -> "Caller":
        """Give the same caller without what goes on to the model: it may be remembered."""
        return replace(self, headers={KEY_HEADER: self.headers[KEY_HEADER]})


class Speaker(NamedTuple):
    """Whose conversations are told apart from others': a user of a project, or a key that stands for no user."""

    project_id: UUID
    name: str


def speaker(caller: Caller) -> Speaker | HttpResponse:
    """Give who speaks, in the project that what is said belongs to, or the answer for who may not add to it.

    It counts as one call against the allowance of the key.
    """
    try:
        _check(caller.headers)
        reply = caller.ask("auth.me", needs=_NEEDS)
        if reply.status != _OK:
            return reply
        myself: dict[str, Any] = msgspec.json.decode(reply.body)
        project_id = _project(caller)
        return project_id if isinstance(project_id, HttpResponse) else Speaker(project_id, _name(myself))
    except ContextFSError as error:
        return problem(error, caller.door.request_id(caller.headers))


def _name(myself: Mapping[str, Any]) -> str:
    """Name the user rather than the key: keys come and go, and a conversation goes on."""
    return f"user:{myself['user_id']}" if myself["user_id"] else myself["actor"]


def _project(caller: Caller) -> UUID | HttpResponse:
    named = caller.headers.get(PROJECT_HEADER)
    if named is not None:
        reply = caller.ask("projects.get", values={"project_id": str(_id(named))}, needs=_NEEDS, cost=0)
        return UUID(msgspec.json.decode(reply.body)["id"]) if reply.status == _OK else reply
    reply = caller.ask("projects.list", query=[("limit", "2")], needs=_NEEDS, cost=0)
    if reply.status != _OK:
        return reply
    items: list[dict[str, Any]] = msgspec.json.decode(reply.body)["items"]
    if len(items) != 1:
        why = "This key has no project" if not items else "This key has several projects"
        raise Invalid(f"{why}: name one in X-ContextFS-Project.", where="header.X-ContextFS-Project")
    return UUID(items[0]["id"])


def _check(headers: Mapping[str, str]) -> None:
    """Refuse who brings no key of ours, and a key of ours that would go on to the model."""
    if not headers.get(KEY_HEADER, "").strip():
        raise NotAuthenticated(
            "Send a key of ContextFS in X-ContextFS-Key; Authorization is for the model's own.",
            where="header.X-ContextFS-Key",
        )
    if any(_OURS.search(value) for name, value in headers.items() if name != KEY_HEADER):
        raise Invalid("A key of ContextFS is in a header that goes to the model: send it only as X-ContextFS-Key.")


def _id(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        detail = "X-ContextFS-Project is not the id of a project: send one, or leave the header out."
        raise Invalid(detail, where="header.X-ContextFS-Project") from None
