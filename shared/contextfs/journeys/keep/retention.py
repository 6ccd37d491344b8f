"""Let entries of audit logs go that their organizations need not keep, so that what stays can still be checked."""

import logging

from contextfs.domain.audit import retention
from contextfs.domain.audit.checkpoint import sign
from contextfs.domain.audit.model import Retention
from contextfs.kit.call import Call
from contextfs.kit.clock import Clock
from contextfs.kit.ids import Entropy, uuid7
from contextfs.kit.ports import Database

_log = logging.getLogger(__name__)


def change(call: Call, wanted: Retention) -> Retention:
    """Say how long the log is kept; for ever, where no days are named."""
    retention.put(call.tx, call.principal.org_id, wanted.keep_days, by=call.principal.actor_id, now=call.now)
    call.note(keep_days=wanted.keep_days)
    return wanted


def cut(database: Database, key: bytes, clock: Clock, entropy: Entropy) -> int:
    """Cut each log that holds more than its organization keeps; gives how many entries went.

    One whose chain does not hold is left as it is: nothing is let go that somebody may have to look at. So is one whose
    stream was set anew a moment ago, and begins before what would go.
    """
    now, total = clock(), 0
    with database.transaction() as (tx, _):
        due = retention.to_cut(tx, now)
    for one in due:
        signature = sign(one.org_id, one.position, one.hash, key)
        with database.transaction() as (tx, _):
            gone = retention.cut(tx, one, signature, now=now, entry_id=uuid7(now, entropy))
        if not gone:
            _log.warning(
                "an audit log was not cut: its chain does not hold, or it has to be streamed anew",
                extra={"org_id": str(one.org_id)},
            )
        total += gone
    return total
