"""Errors as RFC 9457 problem details."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from contextfs.kit.errors import ContextFSError, Misdirected, NotAuthenticated, TooManyRequests, Unavailable
from contextfs.runtime.http.message import HttpResponse

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One clear line about what is wrong, and where; `request_id` finds it in the logs."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    where: str | None = None
    region: str | None = None
    url: str | None = None
    """Of a call that came to the wrong region: the right one, and its address."""


def problem(error: ContextFSError, request_id: str) -> HttpResponse:
    """Tell an error of ours."""
    told = Problem(
        type=f"urn:contextfs:problem:{type(error).slug()}",
        title=type(error).title(),
        status=error.status,
        detail=error.detail,
        where=error.where,
        request_id=request_id,
        region=error.region if isinstance(error, Misdirected) else None,
        url=error.url if isinstance(error, Misdirected) else None,
    )
    headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store", **headers_of(error)}
    return HttpResponse(status=error.status, body=msgspec.json.encode(told), headers=headers)


def headers_of(error: ContextFSError) -> Mapping[str, str]:
    """Give the headers that tell the caller what to do about an error."""
    if isinstance(error, NotAuthenticated):
        return {"www-authenticate": 'Bearer realm="contextfs"'}
    if isinstance(error, TooManyRequests):
        return {"retry-after": str(error.retry_after)}
    return {"retry-after": "1"} if isinstance(error, Unavailable) else {}


def unexpected(request_id: str) -> ContextFSError:
    """Stand in for an error that nobody foresaw: its own words stay in the log."""
    phrase = HTTPStatus.INTERNAL_SERVER_ERROR.phrase
    return ContextFSError(f"{phrase}: this is a fault of the server. Quote the request id {request_id} to report it.")
