"""The server's problems (RFC 9457) as errors of `contextfs.kit.errors`: what the server raised is raised here again."""

import http

import msgspec

from contextfs.kit import errors
from contextfs.kit.errors import ContextFSError, Unavailable

_URN = "urn:contextfs:problem:"
_KNOWN: dict[str, type[ContextFSError]] = {
    kind.slug(): kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ContextFSError)
}
_BY_STATUS = {kind.status: kind for kind in _KNOWN.values()}
_LONGEST_EXCERPT = 200


class Unreachable(Unavailable):
    """The server does not answer."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What the server says about an error."""

    type: str = "about:blank"
    title: str = ""
    detail: str = ""
    where: str | None = None
    request_id: str | None = None


def error_of(status: int, media_type: str, body: bytes) -> ContextFSError:
    """Make the error that a response stands for; an unknown kind keeps its status."""
    problem = _problem(media_type, body)
    if problem is None:
        return kind_of(status)(_foreign(status, media_type, body))
    slug = problem.type.removeprefix(_URN)
    kind = _KNOWN.get(slug) if problem.type.startswith(_URN) else None
    error = (kind or kind_of(status))(problem.detail or problem.title or _phrase(status), where=problem.where)
    if problem.request_id:
        error.add_note(f"request id: {problem.request_id}")
    return error


def kind_of(status: int) -> type[ContextFSError]:
    """Return the kind of error that a status stands for; any other status gives a ContextFSError with that status."""
    return _BY_STATUS.get(status) or type("ContextFSError", (ContextFSError,), {"status": status})


def _problem(media_type: str, body: bytes) -> Problem | None:
    if not media_type.startswith("application/problem+json"):
        return None
    try:
        return msgspec.json.decode(body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _foreign(status: int, media_type: str, body: bytes) -> str:
    """Describe an answer that is not ours: a proxy's page, or another program at that address."""
    said = " ".join(body[:2000].decode(errors="replace").split())[:_LONGEST_EXCERPT]
    kind = media_type.split(";", 1)[0] or "no media type"
    return f"The answer {status} {_phrase(status)} ({kind}) is not ContextFS's: is the address right? It says: {said!r}"


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""
