"""Idempotency-Key: the same request sent again gets the first reply, kept in the transaction that did the work."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from contextfs.kit.call import Call
from contextfs.kit.errors import BadInput, Invalid, Unavailable
from contextfs.kit.ports import Statement, Transaction
from contextfs.kit.principal import Principal
from contextfs.kit.sql import load
from contextfs.runtime.http.message import HttpRequest, HttpResponse

_SQL = load("contextfs.runtime.door")
_FORM = re.compile(r"[\x21-\x7e]{1,255}")
_HEADER = "idempotency-key"


def key_of(request: HttpRequest) -> str | None:
    """Read the header of a request that changes something; BadInput when it is not 1 to 255 visible characters."""
    if not is_asked_for(request):
        return None
    key = request.headers[_HEADER]
    if not _FORM.fullmatch(key):
        raise BadInput("Idempotency-Key takes 1 to 255 visible ASCII characters.", where="header.Idempotency-Key")
    return key


def is_asked_for(request: HttpRequest) -> bool:
    """Tell whether a request brings a key, whatever is wrong with it."""
    return request.method != "GET" and _HEADER in request.headers


def replay(
    tx: Transaction,
    principal: Principal,
    key: str,
    request: HttpRequest,
    now: datetime,
    *,
    ahead: Sequence[Statement] = (),
) -> HttpResponse | None:
    """Reserve the key, or give the reply of the first call; Invalid when that was another request.

    What is asked `ahead` follows in the same round trip: all calls with this key take its locks after the key.
    """
    place = {"org_id": principal.org_id, "actor_id": principal.actor_id, "key": key}
    fingerprint = _fingerprint(request)
    reserving: Statement = _SQL["reserve_key"], place | {"request_hash": fingerprint, "now": now}
    tx.ahead([reserving, *ahead])
    if tx.one(*reserving):
        return None
    earlier = tx.one(_SQL["earlier_reply"], place)
    if earlier is None or earlier["status"] is None:
        raise Unavailable("The first call with this Idempotency-Key did not end: try again.")
    if bytes(earlier["request_hash"]) != fingerprint:
        detail = "This Idempotency-Key was used with another request: take a new key for a new request."
        raise Invalid(detail, where="header.Idempotency-Key")
    headers = earlier["headers"] | {"idempotent-replayed": "true"}
    return HttpResponse(status=earlier["status"], headers=headers, body=bytes(earlier["body"]))


def without_secrets(result: Any) -> Any:
    """Give a result as it may be kept: what is shown once is not, so a repetition has it empty."""
    shown_once: tuple[str, ...] = getattr(result, "shown_once", ())
    return msgspec.structs.replace(result, **dict.fromkeys(shown_once, "")) if shown_once else result


def keep(call: Call, key: str, response: HttpResponse) -> None:
    """Keep the reply with the work it tells of."""
    call.tx.last(
        _SQL["keep_reply"],
        {
            "org_id": call.principal.org_id,
            "actor_id": call.principal.actor_id,
            "key": key,
            "status": response.status,
            "headers": msgspec.json.encode(response.headers).decode(),
            "body": response.body,
        },
    )


def _fingerprint(request: HttpRequest) -> bytes:
    parts = [request.method, request.path, repr(request.query)]
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + request.body).digest()
