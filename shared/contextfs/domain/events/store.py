"""Questions and commands about events on their way."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.events.model import DeadLetter, Delivery, Unreadable
from contextfs.domain.events.rules import LEASE
from contextfs.kit.errors import Invalid, NotFound
from contextfs.kit.events import Event
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.events")
_LIST = "dead_letters"


def claim_outbox(tx: Transaction, now: datetime, limit: int) -> list[Event]:
    """Take events for publishing; who dies with them loses them to another after the lease."""
    parameters = {"now": now, "lease": now + LEASE, "limit": limit}
    return [Event(**row) for row in tx.all(_SQL["claim_outbox"], parameters)]


def clear_outbox(tx: Transaction, events: Sequence[Event]) -> None:
    """Forget events that were published."""
    tx.run(_SQL["clear_outbox"], {"orgs": [e.org_id for e in events], "ids": [e.id for e in events]})


def add_deliveries(tx: Transaction, consumers: Sequence[tuple[str, Event]], now: datetime) -> None:
    """Bring events to their consumers; one that is there already stays one."""
    rows = [
        {
            "org_id": event.org_id,
            "consumer": consumer,
            "event_id": event.id,
            "event": _json(event),
            "now": now,
        }
        for consumer, event in consumers
    ]
    tx.many(_SQL["add_delivery"], rows)


def claim_deliveries(
    tx: Transaction, consumers: Sequence[str], now: datetime, limit: int
) -> tuple[list[Delivery], list[Unreadable]]:
    """Take deliveries to these consumers that are due; those whose event cannot be read are told apart."""
    parameters = {"consumers": list(consumers), "now": now, "lease": now + LEASE, "limit": limit}
    claimed: list[Delivery] = []
    unreadable: list[Unreadable] = []
    for row in tx.all(_SQL["claim_deliveries"], parameters):
        try:
            event = msgspec.convert(row["event"], Event)
            claimed.append(Delivery(consumer=row["consumer"], event=event, attempts=row["attempts"]))
        except msgspec.ValidationError:
            unreadable.append(Unreadable(**row))
    return claimed, unreadable


def finish(tx: Transaction, delivery: Delivery) -> None:
    """Forget a delivery that was taken."""
    tx.run(_SQL["finish_delivery"], _place(delivery))


def renew(tx: Transaction, delivery: Delivery, now: datetime) -> bool:
    """Keep others away from a delivery for longer; False when one of them has taken it, or it is gone."""
    parameters = {"attempts": delivery.attempts, "lease": now + LEASE}
    return tx.run(_SQL["renew_delivery"], _place(delivery) | parameters) > 0


def postpone(tx: Transaction, delivery: Delivery, run_at: datetime) -> None:
    """Try a delivery again later."""
    tx.run(_SQL["postpone_delivery"], _place(delivery) | {"run_at": run_at})


def bury(tx: Transaction, delivery: Delivery | Unreadable, letter_id: UUID, *, error: str, now: datetime) -> None:
    """Move a delivery that failed too often, or cannot be read, to the dead letters."""
    parameters = {"id": letter_id, "event": _json(delivery.event), "error": error, "now": now}
    tx.run(_SQL["bury"], _place(delivery) | {"attempts": delivery.attempts} | parameters)
    tx.run(_SQL["finish_delivery"], _place(delivery))


def dead_letters(tx: Transaction, *, limit: int, cursor: str | None) -> Page[DeadLetter]:
    """Read a page of dead letters, newest first."""
    letters = [DeadLetter(**row) for row in tx.all(_SQL["dead_letter_page"], bounds(cursor, limit, _LIST))]
    return cut(letters, limit, lambda letter: Position(letter.failed_at, letter.id), _LIST)


def replay(tx: Transaction, letter_id: UUID, now: datetime) -> DeadLetter:
    """Put a dead letter's event into the outbox again, from where every bus carries it; NotFound when there is none.

    All its consumers get it once more. Who has taken it before lets it pass.
    """
    row = tx.one(_SQL["replay"], {"id": letter_id, "now": now})
    if row is None:
        raise NotFound("There is no such dead letter, or it is not yours to see.")
    letter = DeadLetter(**row)
    try:
        event = msgspec.convert(letter.event, Event)
    except msgspec.ValidationError as error:
        raise Invalid("Its event cannot be read, so that it cannot be sent again.") from error
    _publish(tx, event, None)
    return letter


def tell_later(tx: Transaction, event: Event, at: datetime) -> None:
    """Let an event leave with the commit, and be carried at that time."""
    _publish(tx, event, at)


def waiting(tx: Transaction) -> tuple[int, int]:
    """Count the events in the outbox and the deliveries on their way."""
    row = tx.one(_SQL["waiting"]) or {"outbox": 0, "deliveries": 0}
    return row["outbox"], row["deliveries"]


def untaken(tx: Transaction, consumers: Mapping[str, str], *, idle: Collection[str]) -> int:
    """Count the things that consumers are to take events of, for the platform; as in `awaited`."""
    return (tx.one(_SQL["untaken"], _named(consumers, idle)) or {"things": 0})["things"]


def awaited(
    tx: Transaction, consumers: Mapping[str, str], *, idle: Collection[str], most: int
) -> Callable[[], frozenset[UUID]]:
    """Ask of what consumers have not taken the events yet, in the caller's projects, while something else is done.

    `consumers` are given by the noun in the types of their events; events of `idle` types are nothing to wait for.
    Looked at are the newest events of the organization, `most` in the outbox and as many on their way to each consumer.
    An event that cannot be read tells of nothing. What this gives waits for the answer.
    """
    found = tx.ask(_SQL["awaited"], _named(consumers, idle) | {"most": most})

    def told() -> frozenset[UUID]:
        subjects = (found() or {"subjects": None})["subjects"] or ()
        return frozenset(one for text in subjects if (one := _id(text)) is not None)

    return told


def expire(tx: Transaction, *, consumed_before: datetime, replies_before: datetime) -> int:
    """Forget what no honest client or bus asks for again; gives how many rows went."""
    consumed = tx.run(_SQL["expire_consumed"], {"before": consumed_before})
    return consumed + tx.run(_SQL["expire_replies"], {"before": replies_before})


def _named(consumers: Mapping[str, str], idle: Collection[str]) -> dict[str, Any]:
    return {"nouns": [*consumers], "consumers": [*consumers.values()], "idle": [*idle]}


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text)
    except (TypeError, ValueError):
        return None


def _place(delivery: Delivery | Unreadable) -> dict[str, object]:
    unreadable = isinstance(delivery, Unreadable)
    return {
        "org_id": delivery.org_id if unreadable else delivery.event.org_id,
        "consumer": delivery.consumer,
        "event_id": delivery.event_id if unreadable else delivery.event.id,
    }


def _publish(tx: Transaction, event: Event, at: datetime | None) -> None:
    tx.run(_SQL["publish"], msgspec.structs.asdict(event) | {"data": _json(event.data), "at": at})


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
