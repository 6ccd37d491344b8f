"""Questions and commands about what an organization and its projects take out beside secrets."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.redaction.model import OwnRules
from contextfs.kit.personal import Personal
from contextfs.kit.ports import Transaction
from contextfs.kit.redaction_rule import RedactionRule, Wanted
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.redaction")


def wanted(tx: Transaction, project_id: UUID | None, usual: Collection[Personal]) -> frozenset[Wanted]:
    """Give what is taken out of what a project stores; `usual` are the classes where it chose none."""
    row = tx.one(_SQL["wanted"], {"project_id": project_id}) or {}
    chosen = row.get("personal")
    rules = msgspec.convert(row.get("rules") or [], list[RedactionRule])
    return frozenset[Wanted]((*(usual if chosen is None else chosen), *rules))


def get(tx: Transaction) -> OwnRules:
    """Read the rules of the organization."""
    row = tx.one(_SQL["get_rules"])
    return OwnRules(rules=[]) if row is None else msgspec.convert(row, OwnRules)


def put(tx: Transaction, org_id: UUID, rules: Sequence[RedactionRule], *, by: UUID, now: datetime) -> None:
    """Set the rules of the organization, or clear them where there are none."""
    named = {"org_id": org_id, "rules": msgspec.json.encode(rules).decode(), "updated_by": by, "now": now}
    tx.run(_SQL["put_rules" if rules else "clear_rules"], named)
