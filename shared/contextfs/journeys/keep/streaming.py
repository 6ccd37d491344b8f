"""Stream audit logs to where their organizations want them: at least once, in the order of the chain.

The log itself is the queue, and a position in it says how far the destination has come. What was sent is noted only
after it was taken: a crash between the two sends it again. A destination that does not answer is left alone for longer
and longer, up to an hour; what it misses waits in the log, which the retention does not cut meanwhile.
"""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from contextfs.domain.audit import cloudevents, ocsf, streams
from contextfs.domain.audit.model import (
    AuditEntry,
    AuditStreamChange,
    AuditStreamSet,
    AuditStreamTest,
    NewStreamSecret,
)
from contextfs.domain.audit.streams import Due, Sending
from contextfs.domain.sources import sealing, signatures
from contextfs.kit.call import Call
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.events import Event
from contextfs.kit.ids import named
from contextfs.kit.ports import Bus, Database, Webhooks

_AT_ONCE = 100
_FORMS = {"cloudevents": cloudevents, "ocsf": ocsf}
_TAKEN = range(200, 300)


def change(call: Call, wanted: AuditStreamChange) -> AuditStreamSet:
    """Set where the log is streamed to; its secret is made once, and given when it is.

    Whether a name has a private address is looked at again whenever something is sent: here it is told at once.
    """
    with suppress(Unavailable):  # a name that nobody knows today
        _webhooks(call).check(wanted.url)
    secret = signatures.mint("standard", call.services.entropy)
    authorization = None if wanted.authorization is None else _sealed(call, wanted.authorization)
    is_new = streams.put(
        call.tx,
        call.principal.org_id,
        wanted,
        sealed=_sealed(call, secret),
        authorization=authorization,
        by=call.principal.actor_id,
        now=call.now,
    )
    call.note(format=wanted.format, backfill=wanted.backfill)
    return AuditStreamSet(stream=streams.get(call.tx), secret=secret if is_new else "")


def rotate(call: Call, wanted: NewStreamSecret) -> AuditStreamSet:
    """Give the stream a new secret; for some hours what is sent is signed by the one that it had, too."""
    secret = signatures.mint("standard", call.services.entropy)
    until = call.now + timedelta(hours=wanted.grace_hours)
    streams.rotate(call.tx, sealed=_sealed(call, secret), former_until=until, now=call.now)
    return AuditStreamSet(stream=streams.get(call.tx), secret=secret)


def test(call: Call) -> AuditStreamTest:
    """Send one event that says it is a test, and tell what came of it."""
    stream = streams.sending(call.tx, call.now)
    if stream is None:
        return AuditStreamTest(works=False, told=streams.ABSENT)
    entry = AuditEntry(
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
    error = _post(call, stream, [entry], f"test-{entry.id}")
    call.note(works=error is None)
    return AuditStreamTest(works=error is None, told=error or "The destination took it.")


def announce(database: Database, bus: Bus, clock: Clock) -> int:
    """Publish an event for each stream that is due; gives how many there were.

    Publish first, note second: after a crash between the two the same event comes again, and is taken once.
    """
    announced = 0
    while True:
        with database.transaction() as (tx, _):
            due = streams.take_due(tx, clock(), _AT_ONCE)
            bus.publish([_event(one, clock) for one in due])
        announced += len(due)
        if len(due) < _AT_ONCE:
            return announced


def send(call: Call, org_id: UUID) -> None:
    """Send the next entries of an organization, and tell of the rest when they were taken."""
    stream = streams.sending(call.tx, call.now)
    entries = [] if stream is None else streams.waiting(call.tx, stream.delivered_to, _AT_ONCE)
    if stream is None or not entries:
        return
    first, last = (entry.position or 0 for entry in (entries[0], entries[-1]))
    error = _post(call, stream, entries, f"{org_id}:{first}-{last}")
    if error is not None:
        streams.failed(call.tx, stream, error, call.now)
        return
    streams.delivered(call.tx, stream, last, call.now)
    if len(entries) == _AT_ONCE:
        call.emit("audit_stream.due", org_id, None)


def _post(call: Call, stream: Sending, entries: list[AuditEntry], delivery: str) -> str | None:
    """Send entries as one signed message; gives what went wrong."""
    form = _FORMS[stream.format]
    body = form.batch(call.principal.org_id, entries)
    try:
        headers = _headers(call, stream, delivery, body) | {"content-type": form.MEDIA_TYPE}
        status = _webhooks(call).send(stream.url, body, headers)
    except (Invalid, Unavailable) as refused:
        return refused.detail
    return None if status in _TAKEN else f"The destination answered with status {status}."


def _headers(call: Call, stream: Sending, delivery: str, body: bytes) -> dict[str, str]:
    secret, former, authorization = (
        None if one is None else sealing.unseal(one, call.services.key_pepper, call.principal.org_id)
        for one in (stream.sealed, stream.former, stream.authorization_sealed)
    )
    headers = signatures.signed(secret or "", delivery, call.now, body, former=former)
    return headers if authorization is None else headers | {"authorization": authorization}


def _sealed(call: Call, secret: str) -> bytes:
    return sealing.seal(secret, call.services.key_pepper, call.principal.org_id, call.services.entropy)


def _webhooks(call: Call) -> Webhooks:
    if call.services.webhooks is None:
        raise Unavailable("This server sends nothing to elsewhere: audit logs are not streamed.")
    return call.services.webhooks()


def _event(due: Due, clock: Clock) -> Event:
    return Event(
        id=named(due.org_id, "audit_stream.due", due.due_at.isoformat()),
        type="audit_stream.due",
        org_id=due.org_id,
        project_id=None,
        subject=due.org_id,
        time=clock(),
        actor="platform",
        reader=due.org_id,
    )
