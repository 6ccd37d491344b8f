"""What was stored and is not searchable yet: a search that may miss it says so, beside what it found."""

from collections.abc import Callable, Collection
from typing import Final

from contextfs.domain.events import store as events
from contextfs.domain.search import store
from contextfs.domain.search.model import SearchRequest, Source
from contextfs.kit.call import Call

INDEXERS: Final[dict[str, str]] = {"session": "triggers.index_session", "memory": "triggers.index_memory"}
"""Who makes searchable what events tell of, by the noun in the events' types."""

MOST: Final = 200
"""So many events are looked at before they are carried, and as many on their way to each indexer."""

_NOUNS: Final[dict[Source, str]] = {"message": "session", "memory": "memory"}
_NOT_YET = "indexing: {} not yet searchable as {} now; {} being indexed in the background"
_MUCH = "indexing: so much is being indexed in the background that what was stored last may not be found yet"


def waiting(call: Call, wanted: SearchRequest, sources: Collection[Source]) -> Callable[[], list[str]]:
    """Ask what waits of the `sources` and projects that are searched, while something else is done.

    What this gives says it in a line, or in none. Counted is what the caller may see; where so much waits in the
    organization that it is not looked through, the line has no number.
    """
    indexers = {noun: INDEXERS[noun] for source, noun in _NOUNS.items() if source in sources}
    awaited = events.awaited(call.tx, indexers, most=MOST)

    def told() -> list[str]:
        things, is_cut = awaited()
        visible = store.visible(call.tx, things, wanted.project_ids) if things else store.Visible(0, 0)
        return _line(visible.sessions, visible.memories, is_cut=is_cut and wanted.project_ids != [])

    return told


def _line(sessions: int, memories: int, *, is_cut: bool) -> list[str]:
    count = sessions + memories
    if not count:
        return [_MUCH] if is_cut else []
    counted = [
        f"{number:,} {one if number == 1 else more}"
        for number, one, more in ((sessions, "session", "sessions"), (memories, "memory", "memories"))
        if number
    ]
    least = "at least " if is_cut else ""
    are, they, making = ("is", "it is", "it is") if count == 1 else ("are", "they are", "they are")
    return [_NOT_YET.format(f"{least}{' and '.join(counted)} {are}", they, making)]
