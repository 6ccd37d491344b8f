"""Who was let in by this process before, and for what: for others nothing is read ahead of the decision.

What is read ahead may hold what it reads, and wait for who holds it. The database shows nothing to who may not see it.
But who may see a session and not change it would hold it against those who may, and wait for them to be refused.
"""

import threading
from collections import OrderedDict

_MOST = 20_000


class Familiar:
    """Remembers credentials, by their hashes, with what they were let in for; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[bytes, str], None] = OrderedDict()

    def knows(self, proof: bytes | None, needs: str) -> bool:
        """Tell whether somebody was let in for this, and not refused since."""
        return proof is not None and (proof, needs) in self._known

    def let_in(self, proof: bytes | None, needs: str) -> None:
        """Remember somebody; who was let in longest ago goes, when there are too many."""
        if proof is None or (proof, needs) in self._known:
            return
        with self._lock:
            self._known[proof, needs] = None
            if len(self._known) > _MOST:
                self._known.popitem(last=False)

    def refused(self, proof: bytes | None, needs: str) -> None:
        """Forget somebody who may not, or may not any more."""
        if proof is not None:
            with self._lock:
                self._known.pop((proof, needs), None)
