"""One look back over a store, and what was found; with `redact`, what can be replaced is."""

from contextlib import ExitStack

from contextfs.domain.redaction.rules import VERSION
from contextfs.local.base.memories import redaction_key
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
    base, key = store.base, redaction_key(store.base, store.entropy)
    counted: dict[str, int] = {}
    found: list[Found] = []
    found += of_sessions.messages(base, key, counted, redact=redact)
    found += of_sessions.rest(base, key, counted, redact=redact)
    found += memories(store, key, counted, redact=redact)
    with ExitStack() as stack:
        if (store.place.local / RECORDS).exists():
            kept = stack.enter_context(Records.opened(store.place.local))
            found += records(kept, key, counted, redact=redact)
            if any(one.where == "record" and one.is_redacted for one in found):
                kept.base.compact()
    found += history(base, store.place, key, counted)
    if any(one.is_redacted for one in found):
        base.compact()
    return Scanned(rules=VERSION, looked=counted, found=found)
