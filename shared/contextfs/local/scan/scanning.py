"""One look back over a store, and what was found; with `redact`, what can be replaced is."""

from contextlib import ExitStack

from contextfs.domain.redaction.model import VERSION
from contextfs.local.records.store import FILE as RECORDS
from contextfs.local.records.store import Records
from contextfs.local.scan import sessions as of_sessions
from contextfs.local.scan.history import history
from contextfs.local.scan.memories import memories
from contextfs.local.scan.model import Found, Scanned
from contextfs.local.scan.records import records
from contextfs.local.store import LocalStore


def scanned(store: LocalStore, *, redact: bool) -> Scanned:
    """Look through sessions, memories, records and git, as far as today's rules have not yet.

    What was found and not replaced is found again by the next look.
    """
    base, policy = store.base, store.policy
    counted: dict[str, int] = {}
    found: list[Found] = []
    found += of_sessions.messages(base, policy, counted, redact=redact)
    found += of_sessions.rest(base, policy, counted, redact=redact)
    found += memories(store, policy, counted, redact=redact)
    with ExitStack() as stack:
        if (store.place.local / RECORDS).exists():
            kept = stack.enter_context(Records.opened(store.place.local))
            found += records(kept, policy, counted, redact=redact)
            if any(one.where == "record" and one.is_redacted for one in found):
                kept.base.compact()
    found += history(base, store.place, policy, counted)
    if any(one.is_redacted for one in found):
        base.compact()
    return Scanned(rules=VERSION, looked=counted, found=found)
