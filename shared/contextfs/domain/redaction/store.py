"""Questions and commands about what an organization and its projects take out beside secrets."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.redaction.model import OwnRules
from contextfs.kit.ports import Statement, Transaction
from contextfs.kit.redaction_rule import Choice, RedactionRule
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.redaction")


class Chosen(NamedTuple):
    """A project, None where there is none to see, and what was chosen to be taken out of it."""

    project_id: UUID | None
    choice: Choice


def choosing(project_id: UUID | None) -> Statement:
    """Give the statement that reads what a project chose."""
    return _SQL["choice"], {"project_id": project_id}


def choice(tx: Transaction, project_id: UUID | None) -> Choice:
    """Tell what a project chose to have taken out of what it stores."""
    return ask(tx, project_id)().choice


def ask(tx: Transaction, project_id: UUID | None) -> Callable[[], Chosen]:
    """Ask what a project chose to have taken out; what this gives waits for it."""
    coming = tx.ask(*choosing(project_id))

    def chosen() -> Chosen:
        row = coming() or {}
        return Chosen(row["project_id"], Choice.of(row))

    return chosen


def get(tx: Transaction) -> OwnRules:
    """Read the rules of the organization."""
    row = tx.one(_SQL["get_rules"])
    return OwnRules(rules=[]) if row is None else msgspec.convert(row, OwnRules)


def put(tx: Transaction, org_id: UUID, rules: Sequence[RedactionRule], *, by: UUID, now: datetime) -> None:
    """Set the rules of the organization, or clear them where there are none."""
    named = {"org_id": org_id, "rules": msgspec.json.encode(rules).decode(), "updated_by": by, "now": now}
    tx.run(_SQL["put_rules" if rules else "clear_rules"], named)
