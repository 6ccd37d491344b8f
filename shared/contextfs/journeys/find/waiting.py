"""What was stored and is not searchable yet: a search that may miss it says so, beside what it found."""

from collections.abc import Callable, Collection
from typing import Final

from contextfs.domain.events import store as events
from contextfs.domain.search import store
from contextfs.domain.search.model import Source
from contextfs.domain.search.store import PassageQuery, Visible
from contextfs.kit.call import Call

INDEXERS: Final[dict[str, str]] = {"session": "triggers.index_session", "memory": "triggers.index_memory"}
"""Who makes searchable what events tell of, by the noun in the events' types."""

IDLE: Final = ("session.completed",)
"""Events that change nothing of what is searched."""

MOST: Final = 50
"""So many events are looked at before they are carried, and as many on their way to each indexer."""

_NOUNS: Final[dict[Source, str]] = {"message": "session", "memory": "memory"}
_NOT_YET = "indexing: {things} not yet searchable as {they_are} now; {they_are} being indexed in the background"


def waiting(call: Call, sources: Collection[Source]) -> Callable[[PassageQuery], list[str]]:
    """Ask what waits of the `sources` that are searched, while something else is done.

    What this gives says it in a line, or in none. Counted is what the caller may see and the query does not rule out,
    among the newest that the organization stored: where much is stored at once, more may wait.
    """
    indexers = {noun: INDEXERS[noun] for source, noun in _NOUNS.items() if source in sources}
    if not indexers:
        return lambda _: []
    awaited = events.awaited(call.tx, indexers, idle=IDLE, most=MOST)

    def told(query: PassageQuery) -> list[str]:
        things = awaited()
        return _line(store.visible(call.tx, things, query)) if things else []

    return told


def _line(waits: Visible) -> list[str]:
    counted = [
        f"{number:,} {one if number == 1 else more}"
        for number, one, more in ((waits.sessions, "session", "sessions"), (waits.memories, "memory", "memories"))
        if number
    ]
    if not counted:
        return []
    are, they_are = ("is", "it is") if sum(waits) == 1 else ("are", "they are")
    least = "at least " if sum(waits) >= MOST else ""
    return [_NOT_YET.format(things=f"{least}{' and '.join(counted)} {are}", they_are=they_are)]
