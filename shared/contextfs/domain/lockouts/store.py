"""Questions and commands about wrong tries."""

from datetime import datetime

from contextfs.domain.lockouts.model import Attempt, Tries
from contextfs.domain.lockouts.rules import FORGOTTEN, pause
from contextfs.kit.ports import Parameters, Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.lockouts")


def looking(attempt: Attempt) -> tuple[str, Parameters]:
    """Give the statement that looks for wrong tries; its row is read by `tries`."""
    return _SQL["look"], attempt._asdict()


def tries(row: Row | None) -> Tries:
    """Read how often it was tried."""
    return Tries(tries=0, locked_until=None) if row is None else Tries(**row)


def fail(tx: Transaction, attempt: Attempt, now: datetime) -> tuple[int, bool]:
    """Count a wrong try, and let the next ones wait; gives how many there were, and whether its organization exists."""
    named = attempt._asdict()
    row = tx.one(_SQL["fail"], named | {"now": now, "forgotten": now - FORGOTTEN}) or {"tries": 1, "is_known": False}
    wait = pause(row["tries"])
    if wait:
        tx.run(_SQL["lock"], named | {"until": now + wait})
    return row["tries"], row["is_known"]


def forgive(tx: Transaction, attempt: Attempt) -> None:
    """Forget the wrong tries of a credential that was right."""
    tx.run(_SQL["forgive"], attempt._asdict())


def expire(tx: Transaction, before: datetime) -> int:
    """Forget wrong tries that count no more; gives how many."""
    return tx.run(_SQL["expire_tries"], {"before": before})
