"""The receipt that every write answers: what is stored, what is still to come, what was refused."""

import msgspec

from contextfs.kit.fields import Moment


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a batch that was not stored, and why."""

    where: str
    reason: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a write did.

    `stored` things are durable before the reply; `duplicates` were there already; `redacted` secrets were
    replaced before anything was written; `pending` names the projections that follow (`searchable`, `learned`).
    """

    stored: int
    stored_at: Moment
    duplicates: int = 0
    redacted: int = 0
    pending: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
