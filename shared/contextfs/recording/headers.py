"""Which headers go on, in which direction, and what those tell that are meant for us."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from contextfs.recording.events import READABLE

Raw = Iterable[tuple[bytes, bytes]]

SESSION_HEADER: Final = "x-contextfs-session"
TOOL_HEADER: Final = "x-contextfs-tool"
CAPTURE_HEADER: Final = "x-contextfs-capture"
"""Headers by which a caller names its conversation and itself, or says `off`. They go no further than to us."""
KEY_HEADER: Final = "x-contextfs-key"
PROJECT_HEADER: Final = "x-contextfs-project"
"""Headers for a server of ours: who calls, and for which project. `Authorization` is the model's."""
OFF: Final = "off"


_HOP_BY_HOP: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te"}
    | {b"trailer", b"transfer-encoding", b"upgrade"}
)
"""Headers of one connection (RFC 9110, section 7.6.1); each side of ours has its own."""
_OURS: Final = b"x-contextfs-"
_LEFT_OUT: Final = _HOP_BY_HOP | {b"host", b"expect", b"accept-encoding"}
_OF_OUR_SIDE: Final = frozenset({b"cookie", b"forwarded", b"via", b"x-real-ip", b"traceparent", b"tracestate"}) | {
    b"x-serverless-authorization"
}
_OF_PROXIES: Final = (b"x-forwarded-", b"x-cloud-trace-", b"x-amzn-", b"x-envoy-", b"cf-", b"true-client-", b"x-goog-")
_OF_GOOGLES_MODELS: Final = frozenset({b"x-goog-api-key", b"x-goog-api-client", b"x-goog-user-project"})
"""Headers of a model's own caller among those that Google's proxies add: the first is its key."""
_OF_THEIR_SIDE: Final = frozenset(
    {b"set-cookie", b"alt-svc", b"strict-transport-security", b"x-content-type-options", b"content-security-policy"}
    | {b"nel", b"report-to", b"reporting-endpoints", b"clear-site-data", b"refresh"},
)
_SCOPES: Final = ("x-claude-code-session-id", "session-id", "session_id", "x-session-id")
"""How Claude Code, Codex and OpenCode name the run that a request is a part of."""
_NO_WORD: Final = re.compile(r"[^0-9a-z._-]+")
_PRODUCT: Final = re.compile(r"^(?:Async)?([\w.@-]+)")
_LONGEST: Final = 300
_LOOPBACK: Final = re.compile(r"(?:https?://)?(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?")


def onward(raw: Raw) -> list[tuple[bytes, bytes]]:
    """Give the headers of a request for the model: as they are, asking for no packing that we could not read."""
    raw = list(raw)
    left_out = _LEFT_OUT | _of_connection(raw)
    kept = [one for one in raw if one[0].lower() not in left_out and not one[0].lower().startswith(_OURS)]
    wished = [value.decode("latin-1") for name, value in raw if name.lower() == b"accept-encoding"]
    return [*kept, (b"accept-encoding", _readable(",".join(wished)).encode())]


def back(raw: Raw) -> list[tuple[bytes, bytes]]:
    """Give the headers of a reply for the program."""
    raw = list(raw)
    left_out = _HOP_BY_HOP | _of_connection(raw)
    return [(name, value) for name, value in raw if name.lower() not in left_out]


def onward_of_server(raw: Raw) -> list[tuple[bytes, bytes]]:
    """Give the headers of a request that came over a network: without what is between it and a server of ours."""
    kept = [(name, value) for name, value in onward(raw) if name.lower() not in _OF_OUR_SIDE]
    return [one for one in kept if one[0].lower() in _OF_GOOGLES_MODELS or not one[0].lower().startswith(_OF_PROXIES)]


def back_of_server(raw: Raw) -> list[tuple[bytes, bytes]]:
    """Give the headers of a reply that comes from an address of ours: nothing in it speaks for that address."""
    kept = [(name, value) for name, value in back(raw) if name.lower() not in _OF_THEIR_SIDE]
    kept = [one for one in kept if not one[0].lower().startswith((b"access-control-", _OURS))]
    return [*kept, (b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"sandbox")]


def _of_connection(raw: Raw) -> frozenset[bytes]:
    """Give the headers that one of the name `Connection` says are of one connection alone."""
    told = b",".join(value for name, value in raw if name.lower() == b"connection")
    return frozenset(one.strip().lower() for one in told.split(b","))


def is_of_this_machine(headers: Mapping[str, str]) -> bool:
    """Tell whether a request may come from a program here: pages of browsers are kept out, whatever name they use."""
    origin = headers.get("origin")
    return _LOOPBACK.fullmatch(headers.get("host", "")) is not None and (
        origin is None or _LOOPBACK.fullmatch(origin) is not None
    )


def is_off(headers: Mapping[str, str]) -> bool:
    """Tell whether the caller wants that this request is not kept."""
    return headers.get(CAPTURE_HEADER, "").strip().lower() == OFF


def session(headers: Mapping[str, str]) -> str | None:
    """Give what the caller calls its conversation."""
    return headers.get(SESSION_HEADER, "").strip()[:_LONGEST] or None


def scope(headers: Mapping[str, str]) -> str | None:
    """Give the run of a program that a request is a part of."""
    return next((headers[name][:_LONGEST] for name in _SCOPES if headers.get(name)), None)


def tool(headers: Mapping[str, str]) -> str:
    """Name the program that calls: as it says, or by the product in its User-Agent."""
    product = _PRODUCT.match(headers.get("user-agent", ""))
    return word(headers.get(TOOL_HEADER) or (product[1] if product else "proxy"))


def word(text: str) -> str:
    """Make a tool's name of a text."""
    return _NO_WORD.sub("-", text.lower()).strip("-._")[:64] or "program"


def _readable(wished: str) -> str:
    names = [one.strip() for one in wished.split(",")]
    return ", ".join(one for one in names if one.partition(";")[0].strip() in READABLE) or "identity"
