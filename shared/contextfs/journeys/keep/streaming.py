"""Set where audit logs are streamed to, try it, and tell which of them have something to send.

The log itself is the queue, and a position in it says how far the destination has come.
"""

from contextlib import suppress
from datetime import timedelta

from contextfs.domain.audit import streams
from contextfs.domain.audit.model import AuditStreamChange, AuditStreamSet, AuditStreamTest, NewStreamSecret
from contextfs.domain.audit.streams import Due
from contextfs.domain.sources import sealing, signatures
from contextfs.journeys.keep.sending import Refusal, post, trial, webhooks
from contextfs.kit.call import Call, Outside
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Unavailable
from contextfs.kit.events import Event
from contextfs.kit.ids import named
from contextfs.kit.ports import Bus, Database

_AT_ONCE = 100
_TEST_SECONDS = 5.0


def change(call: Call, wanted: AuditStreamChange) -> Outside[AuditStreamSet]:
    """Set where the log is streamed to; its secret is made once, and given when it is.

    Whether a name has a private address is looked at again whenever something is sent: here it is told at once.
    """
    there = webhooks(call)

    def look() -> None:
        with suppress(Unavailable):  # a name that nobody knows today
            there.check(wanted.url)

    return Outside(look, lambda later, _: _set(later, wanted))


def _set(call: Call, wanted: AuditStreamChange) -> AuditStreamSet:
    secret = signatures.mint_standard(call.services.entropy)
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
    secret = signatures.mint_standard(call.services.entropy)
    until = call.now + timedelta(hours=wanted.grace_hours)
    streams.rotate(call.tx, sealed=_sealed(call, secret), former_until=until, now=call.now)
    return AuditStreamSet(stream=streams.get(call.tx), secret=secret)


def test(call: Call) -> Outside[AuditStreamTest]:
    """Send one event that says it is a test, and tell what came of it."""
    stream, entry = streams.sending(call.tx, call.now), trial(call)

    def send() -> Refusal | None:
        if stream is None:
            return Refusal(streams.ABSENT)
        return post(call, stream, [entry], f"test-{entry.id}", seconds=_TEST_SECONDS)

    return Outside(send, _told)


def _told(call: Call, refusal: Refusal | None) -> AuditStreamTest:
    call.note(works=refusal is None)
    return AuditStreamTest(works=refusal is None, told=refusal.told if refusal else "The destination took it.")


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


def _sealed(call: Call, secret: str) -> bytes:
    return sealing.seal(secret, call.services.key_pepper, call.principal.org_id, call.services.entropy)


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
