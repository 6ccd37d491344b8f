"""A request and a response, the same behind every host."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """What came in: header names in lower case, the query as sent, the body as bytes."""

    method: str
    path: str
    path_values: Mapping[str, str] = field(default_factory=dict[str, str])
    query: tuple[tuple[str, str], ...] = ()
    raw_query: str = ""
    """The query as it was spelt, for who signed it."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    address: str | None = None
    """The client's IP address, where it is known."""
    resource: str = ""
    """The path of what was asked, where that is more than this route: `/mcp` calls routes for its callers."""


@dataclass(frozen=True, kw_only=True)
class HttpResponse:
    """What goes out; `cookies` are Set-Cookie headers, of which there may be several."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    cookies: tuple[str, ...] = ()
