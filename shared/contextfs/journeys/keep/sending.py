"""Send audit logs to where their organizations want them: at least once, in the order of the chain.

What is to be sent is read in one transaction and noted as taken in another one; none is open while the destination is
asked, which may be slow. A crash between the two sends it again. A destination that does not answer is left alone for
longer and longer, up to an hour; what it misses waits in the log, which the retention does not cut meanwhile. One that
refuses what it gets is sent half of it, and half of that: a single entry that it refuses twice, while it takes a test,
is skipped, which the log tells.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Final, NamedTuple
from uuid import UUID

from contextfs.domain.audit import cloudevents, ocsf, streams
from contextfs.domain.audit.model import AuditEntry
from contextfs.domain.audit.streams import Sending
from contextfs.domain.sources import sealing, signatures
from contextfs.kit.call import Afterwards, Again, Call
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.ports import Webhooks

_AT_ONCE: Final = 100
_FORMS: Final = {"cloudevents": cloudevents, "ocsf": ocsf}
_TAKEN: Final = range(200, 300)
_DISLIKED: Final = frozenset({400, 413, 422})
"""What is answered to a message that is wrong or too large: a smaller one may be taken."""
_QUICK: Final = 1.0
_REST: Final = 4
"""A destination that takes more than `_QUICK` seconds is left alone for so many times as long."""


class Refusal(NamedTuple):
    """What went wrong, and whether it is the message that was not liked."""

    told: str
    is_disliked: bool = False


def send(call: Call, org_id: UUID) -> Afterwards | None:
    """Read the next entries of an organization; gives what sends them when the transaction is over."""
    stream = streams.sending(call.tx, call.now)
    entries = [] if stream is None else streams.waiting(call.tx, stream.delivered_to, _AT_ONCE)
    if stream is None or not entries:
        return None
    streams.lease(call.tx, call.now)
    return partial(_carry, call, org_id, stream, entries)


def _carry(call: Call, org_id: UUID, stream: Sending, entries: Sequence[AuditEntry], again: Again) -> None:
    """Send entries, or as many of the first of them as are taken, and note what came of it."""
    started = monotonic()
    is_whole = len(entries) == _AT_ONCE
    refusal = _batch(call, stream, entries)
    while refusal is not None and refusal.is_disliked and len(entries) > 1:
        is_whole = True
        entries = entries[: len(entries) // 2]
        refusal = _batch(call, stream, entries)
    if refusal is not None:
        _refused(call, stream, entries[0].position if refusal.is_disliked else None, refusal, again)
        return
    took = monotonic() - started
    with again(None) as noting:
        rest = timedelta(seconds=took * _REST if took > _QUICK else 0)
        streams.delivered(noting.tx, stream, _position(entries[-1]), noting.now, next_at=noting.now + rest)
        if is_whole and not rest:
            noting.emit("audit_stream.due", org_id, None)


def _refused(call: Call, stream: Sending, position: int | None, refusal: Refusal, again: Again) -> None:
    """Try again later, or skip an entry that was refused alone before; then the destination has to take a test."""
    is_skipped = position is not None and position == stream.refused and _takes_a_test(call, stream)
    with again("audit_stream.skipped" if is_skipped else None) as noting:
        if is_skipped and position is not None:
            if not streams.skipped(noting.tx, stream, position, refusal.told, noting.now):
                raise Unavailable("The stream was set anew while it was sent: it begins again.")
            noting.note(position=position)
        else:
            streams.failed(noting.tx, stream, refusal.told, noting.now, refused=position)


def _takes_a_test(call: Call, stream: Sending) -> bool:
    """Say whether the destination takes anything: else it is set up wrong, and no entry is to blame."""
    entry = trial(call)
    return post(call, stream, [entry], f"test-{entry.id}") is None


def trial(call: Call) -> AuditEntry:
    """Make an entry that says it is a test."""
    return AuditEntry(
        id=call.new_id(),
        at=call.now,
        actor=call.principal.actor,
        actor_id=call.principal.actor_id,
        action="audit_stream.tested",
        project_id=None,
        subject=None,
        request_id="test",
        details={"test": True},
        position=None,
        hash=None,
    )


def _batch(call: Call, stream: Sending, entries: Sequence[AuditEntry]) -> Refusal | None:
    """Send entries; what they are called by differs when the stream was set anew, for then they are sent anew."""
    since = int(stream.set_at.timestamp() * 1000)
    span = f"{_position(entries[0])}-{_position(entries[-1])}"
    return post(call, stream, entries, f"{call.principal.org_id}:{since}:{span}")


def post(
    call: Call, stream: Sending, entries: Sequence[AuditEntry], delivery: str, *, seconds: float | None = None
) -> Refusal | None:
    """Send entries as one signed message; gives what went wrong."""
    form = _FORMS[stream.format]
    body = form.batch(call.principal.org_id, entries)
    try:
        headers = _headers(call, stream, delivery, body) | {"content-type": form.MEDIA_TYPE}
        status = webhooks(call).send(stream.url, body, headers, seconds=seconds)
    except (Invalid, Unavailable) as refused:
        return Refusal(refused.detail)
    if status in _TAKEN:
        return None
    return Refusal(f"The destination answered with status {status}.", status in _DISLIKED)


def _headers(call: Call, stream: Sending, delivery: str, body: bytes) -> dict[str, str]:
    secret, former, authorization = (
        None if one is None else sealing.unseal(one, call.services.key_pepper, call.principal.org_id)
        for one in (stream.sealed, stream.former, stream.authorization_sealed)
    )
    headers = signatures.signed(secret or "", delivery, call.now, body, former=former)
    return headers if authorization is None else headers | {"authorization": authorization}


def webhooks(call: Call) -> Webhooks:
    """Give what sends; Unavailable where nothing is sent."""
    if call.services.webhooks is None:
        raise Unavailable("This server sends nothing to elsewhere: audit logs are not streamed.")
    return call.services.webhooks()


def _position(entry: AuditEntry) -> int:
    return entry.position or 0
