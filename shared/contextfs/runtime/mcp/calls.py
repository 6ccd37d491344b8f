"""Calls routes of this very server as the caller of a tool: through the door, as if they had come from outside."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from starlette.routing import compile_path

from contextfs.kit import errors
from contextfs.kit.errors import ContextFSError, NotFound
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.http.problems import Problem
from contextfs.runtime.table import Route

T = TypeVar("T")

_URN: Final = "urn:contextfs:problem:"
_FAILED: Final = 400
_KINDS: Final[dict[str, type[ContextFSError]]] = {
    kind.slug(): kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ContextFSError)
}


class Calls:
    """Calls as one caller: `authorization` is what that one sent. It never looks inside of it."""

    def __init__(self, door: Door, routes: Sequence[Route], authorization: str, address: str | None = None) -> None:
        self._door = door
        self._routes = [(compile_path(route.path)[0], route) for route in routes]
        self._authorization = authorization
        self._address = address

    def __call__(
        self,
        method: str,
        path: str,
        reply: type[T],
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> T:
        """Call a route, and read its reply; what went wrong is raised as it was there."""
        response = self.answer(method, path, query=query, body=body)
        if response.status >= _FAILED:
            told = msgspec.json.decode(response.body, type=Problem)
            raise _KINDS.get(told.type.removeprefix(_URN), ContextFSError)(told.detail, where=told.where)
        return msgspec.json.decode(response.body, type=reply)

    def answer(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> HttpResponse:
        """Call a route, and give its response as it is."""
        for pattern, route in self._routes:
            found = pattern.match(path)
            if found and route.method == method:
                asked = HttpRequest(
                    method=method,
                    path=path,
                    path_values=found.groupdict(),
                    query=tuple(_texts(query or {})),
                    headers={"authorization": self._authorization, "content-type": "application/json"},
                    body=b"" if body is None else msgspec.json.encode(body),
                    address=self._address,
                    resource="/mcp",
                )
                return self._door.answer(route, asked)
        raise NotFound(f"There is no route {method} {path}.")


def _texts(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        if value is not None:
            yield name, value.isoformat() if isinstance(value, datetime) else str(value)
