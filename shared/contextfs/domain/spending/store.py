"""Questions and commands about what language models were asked. A cap holds for an organization and a month."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.spending.model import ModelCall, State
from contextfs.domain.spending.rules import MICROS
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.spending")
_LIST = "model_calls"


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A call that is meant to be made: `upto` tells how far it reads, `micros` the most that it can cost."""

    org_id: UUID
    id: UUID
    project_id: UUID
    model: str
    purpose: str
    subject: UUID
    upto: int
    micros: int


def reserve(tx: Transaction, intent: Intent, *, cap_micros: int, since: datetime, now: datetime) -> bool:
    """Write a call down before it is made; False when it could pass the cap: then it is written down as refused.

    Those who ask at once come one after the other, so that two of them cannot both take what is left.
    """
    parameters: dict[str, Any] = msgspec.structs.asdict(intent) | {"cap": cap_micros, "since": since, "now": now}
    tx.run(_SQL["one_by_one"], parameters)
    row = tx.one(_SQL["reserve"], parameters)
    return row is not None and row["state"] == "reserved"


def settle(tx: Transaction, call_id: UUID, state: State, *, input_tokens: int, output_tokens: int, micros: int) -> None:
    """Write down how a call ended, and what it cost in fact."""
    counted = {"input_tokens": input_tokens, "output_tokens": output_tokens, "micros": micros}
    tx.run(_SQL["settle"], {"id": call_id, "state": state} | counted)


def read_upto(tx: Transaction, subject: UUID, purpose: str) -> int:
    """Tell how far a subject was read for a purpose by calls that were answered."""
    return (tx.one(_SQL["read_upto"], {"subject": subject, "purpose": purpose}) or {"upto": 0})["upto"]


def page(tx: Transaction, *, limit: int, cursor: str | None) -> Page[ModelCall]:
    """Read a page of calls, newest first."""
    rows = tx.all(_SQL["page"], bounds(cursor, limit, _LIST))
    items = [ModelCall(dollars=row.pop("micros") / MICROS, **row) for row in rows]
    return cut(items, limit, lambda call: Position(call.at, call.id), _LIST)
