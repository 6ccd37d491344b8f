"""Where nothing is chosen to be taken out beside what the installation does, as this process saw it the last time.

What is stored there may be sent to the database before that is known anew. Elsewhere, and where nobody looked yet, a
text leaves the process as it is to be stored, and not before.
"""

import threading
from collections import OrderedDict
from uuid import UUID

from contextfs.kit.redaction_rule import Choice

_MOST = 40_000


class Unchosen:
    """Remembers organizations without rules, and projects and sessions of which no classes were chosen.

    It is safe to share between threads. What was remembered longest ago goes, when there is too much.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[UUID, UUID | None], None] = OrderedDict()

    def holds(self, org_id: UUID, place: UUID) -> bool:
        """Tell whether nothing was chosen for a project or a session, the last time that each of both was seen."""
        return (org_id, None) in self._seen and (org_id, place) in self._seen

    def saw(self, org_id: UUID, place: UUID | None, choice: Choice) -> None:
        """Remember what was chosen. Rules of an organization count for all of its projects at once.

        Of a place that is not theirs to see (None) nobody says anything: whose it is may have chosen something. What is
        remembered for one organization says nothing to another: it would tell by its work that the place is there.
        """
        self._keep((org_id, None), is_so=not choice.rules)
        if place is not None:
            self._keep((org_id, place), is_so=choice.personal is None)

    def _keep(self, one: tuple[UUID, UUID | None], *, is_so: bool) -> None:
        if is_so == (one in self._seen):
            return
        with self._lock:
            if is_so:
                self._seen[one] = None
            else:
                self._seen.pop(one, None)
            if len(self._seen) > _MOST:
                self._seen.popitem(last=False)
