"""Only the doors, and those who carry events, open transactions; nobody else commits."""

import pytest

from tests.house.source import Module, module, modules

OPENS = {
    "shared/contextfs/runtime/door/door.py",
    "shared/contextfs/runtime/door/inside.py",
    "shared/contextfs/runtime/events/reaction.py",
    "shared/contextfs/runtime/door/entrance.py",
    "shared/contextfs/runtime/door/lockout.py",
    "shared/contextfs/runtime/scim/endpoint.py",
    "shared/contextfs/runtime/isolation/grounds.py",
    "shared/contextfs/runtime/isolation/prove.py",
    "shared/contextfs/runtime/isolation/roles.py",
    "shared/contextfs/runtime/isolation/timing.py",
    "shared/contextfs/runtime/events/waker.py",
    "shared/contextfs/runtime/border/directory.py",
    "shared/contextfs/runtime/health.py",
    "shared/contextfs/runtime/stack/control.py",
    "shared/contextfs/runtime/stack/database.py",
    "shared/contextfs/journeys/enter/organization.py",
    "shared/contextfs/journeys/react/relay.py",
    "shared/contextfs/journeys/react/border.py",
    "shared/contextfs/journeys/react/deliver.py",
    "shared/contextfs/journeys/consolidate/due.py",
    "shared/contextfs/journeys/capture/idle.py",
    "shared/contextfs/journeys/capture/reread.py",
    "shared/contextfs/journeys/keep/anchoring.py",
    "shared/contextfs/journeys/keep/expire.py",
    "shared/contextfs/journeys/keep/audit.py",
    "shared/contextfs/journeys/keep/resealing.py",
    "shared/contextfs/journeys/keep/retention.py",
    "shared/contextfs/journeys/keep/streaming.py",
    "shared/contextfs/journeys/find/embed.py",
    "shared/contextfs/journeys/find/reindex.py",
    "shared/contextfs/journeys/learn/by_model.py",
    "shared/contextfs/adapters/clouds/local/bus.py",
    "shared/contextfs/adapters/limits/postgres.py",
}
COMMITS = ("shared/contextfs/adapters/database/", "shared/contextfs/local/base/")
LAPTOP = "shared/contextfs/local/"
"""Its database is its own file, and each of its commands is a door."""


def faults(one: Module) -> list[str]:
    if one.path.startswith(COMMITS):
        return []
    told: list[str] = []
    for name, call in one.calls():
        last = name.rsplit(".", 1)[-1]
        if last == "transaction" and one.path not in OPENS and not one.path.startswith(LAPTOP):
            told.append(f"{one.path}:{call.lineno} opens a transaction")
        if last in {"commit", "rollback"}:
            told.append(f"{one.path}:{call.lineno} ends a transaction")
    return told


@pytest.mark.parametrize("text", ["with database.transaction() as tx: pass", "tx.commit()", "tx.rollback()"])
def test_the_rule_can_be_broken(text: str) -> None:
    assert len(faults(module(text))) == 1


def test_no_module_breaks_it() -> None:
    assert [fault for one in modules() for fault in faults(one)] == []
