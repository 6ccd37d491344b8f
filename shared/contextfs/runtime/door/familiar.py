"""Who was let in by this process before, as whom, and for what: for others nothing is read ahead of the decision.

What is read ahead may hold what it reads, and wait for who holds it. The database shows nothing to who may not see it.
But who may see a session and not change it would hold it against those who may, and wait for them to be refused.

Somebody who was found to be the same twice is presumed to be so again, while the database looks: what they want is made
of that meanwhile, and may be under way by then. Nothing is committed before the database has said the same once more.
"""

import threading
from collections import OrderedDict
from typing import NamedTuple

from contextfs.kit.ports import Row

_MOST = 20_000


class _Known(NamedTuple):
    found: Row | None
    """What the database said of them the last time."""
    is_steady: bool
    """Whether it said so the time before, too."""


class Familiar:
    """Remembers credentials, by their hashes, with what they were let in for; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[bytes, str], _Known] = OrderedDict()

    def knows(self, proof: bytes | None, needs: str) -> bool:
        """Tell whether somebody was let in for this, and not refused since."""
        return proof is not None and (proof, needs) in self._known

    def presumed(self, proof: bytes | None, needs: str) -> Row | None:
        """Give what the database is presumed to say of somebody; None where it has to be waited for."""
        known = None if proof is None else self._known.get((proof, needs))
        return known.found if known is not None and known.is_steady else None

    def let_in(self, proof: bytes | None, needs: str, found: Row | None) -> None:
        """Remember somebody as they were found; who was remembered longest ago goes, when there are too many."""
        known = None if proof is None else self._known.get((proof, needs))
        if proof is None or (known is not None and known.is_steady and known.found == found):
            return
        with self._lock:
            self._known[proof, needs] = _Known(found, known is not None and known.found == found)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)

    def refused(self, proof: bytes | None, needs: str) -> None:
        """Forget somebody who may not, or may not any more."""
        if proof is not None:
            with self._lock:
                self._known.pop((proof, needs), None)
