"""Search of a local store: brought up to date before each answer, mended where it is damaged, at work in any number."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from contextfs.domain.search.names import named
from contextfs.domain.search.nothing import why_nothing
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.languages import ENGLISH, Languages
from contextfs.local.base.connection import Base
from contextfs.local.search import due, find, reply
from contextfs.local.search.candidates import Proposed
from contextfs.local.search.find import Asked, Found
from contextfs.local.search.model import LocalReply, Wanted

if TYPE_CHECKING:
    from contextfs.kit.ids import Entropy
    from contextfs.kit.ports import Embedder
    from contextfs.kit.redaction_rule import Wanted as TakenOut
    from contextfs.local.config import ProjectNamed, Sharing
    from contextfs.local.search.past import Back

T = TypeVar("T")

SLICE_SECONDS = 0.25
"""How long a search may embed what waits for its vector, where no other process is at that."""

_REMADE = {
    "version": "The search index was of another version, and was made anew.",
    "languages": "The search index was made for other languages, and was made anew.",
}
_OTHERWISE = "The search index here was made for other languages than are set now, and can only be read."
_UNSEEN = "This store can only be read here: what changed since search looked at it last is not found."
_DAMAGED = "The search index in {} is damaged, and can only be read here: run `ctx reindex` where it can be written."
_MENDED = "The search index was damaged, and was made anew from the store."


class LocalIndex:
    """Finds memories and messages of a store by their words and meaning. It does not look at the files of memories.

    `project` gives the project. `embedder` gives the model, None where it is switched off; Unavailable says why
    there is none. `me` names who works here, `sharing` who may see what, `languages` those whose words are known in all
    their forms beside English. `later` has another process make the vectors that a search found missing, and tells
    whether one does. All are asked only when they are needed.
    """

    def __init__(
        self,
        base: Base,
        folder: Path,
        *,
        project: "Callable[[], ProjectNamed]",
        embedder: "Callable[[], Embedder | None]",
        me: Callable[[], str],
        now: Callable[[], datetime],
        entropy: "Entropy",
        taken_out: "Callable[[], frozenset[TakenOut]] | None" = None,
        sharing: "Callable[[], Sharing]",
        languages: Callable[[], Languages] = lambda: ENGLISH,
        later: Callable[[], bool] = lambda: False,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.base = base
        self.folder = folder
        self.notes: list[str] = []
        self._project = project
        self.embedder = embedder
        self._me = me
        self._now = now
        self.entropy = entropy
        self.taken_out = taken_out or _usual
        self._sharing = sharing
        self.languages = languages
        self._later = later
        self.progress = progress

    def search(self, wanted: Wanted) -> LocalReply:
        """Find passages and show them small."""
        found, degraded = self.look(wanted)
        return reply.small(self.base, wanted, found, degraded, self.notes, levels=self._levels, me=self._me)

    def look(self, wanted: Wanted) -> tuple[Found, list[str]]:
        """Find passages; gives them with what could not take part."""
        if wanted.mode == "graph" and wanted.as_of is not None:
            raise Invalid("The graph is that of today: leave --as-of out, or search without the graph.")
        now = self._now()
        at = now if wanted.as_of is None else min(wanted.as_of, now)
        asked = find.understood(wanted, self._spoken(), me=self._me, seen=self._seen, now=at)
        back = self._back(asked, at) if at < now else None
        model, degraded = find.model(wanted.mode, self.embedder)
        proposed, troubles = self.mended(lambda: self._propose(asked, model, back))
        asked, proposed, more = self._again(asked, proposed, model, back)
        troubles += more
        if wanted.mode == "graph" and not asked.question.lists:
            found, more = self._walked(asked, wanted, proposed, model, now)
            troubles += more
        else:
            found = find.ordered(proposed, asked.question, wanted, now=at)
        if back is not None:
            found = replace(found, overtaken=back.overtaken)
        elif wanted.superseded:
            from contextfs.local.search import ended  # noqa: PLC0415 - seldom asked for

            found = ended.marked(self.base, found, now=now)
        by_words = wanted.mode != "semantic" or model is None
        lacks = asked.question.lacks if by_words else []
        if not found.ranked or (wanted.mode != "semantic" and not any(one.hit.lexical for one in found.ranked)):
            lacks += asked.question.as_written
        if not found.ranked:
            by_meaning = model is not None and (back is None or back.said is not None)
            why = why_nothing(asked.within, words=by_words, meaning=by_meaning, best=found.best)
            found = replace(found, notes=[why])
        return found, list(dict.fromkeys([*degraded, *troubles, *lacks]))

    def _again(
        self, asked: Asked, proposed: Proposed, model: "Embedder | None", back: "Back | None"
    ) -> tuple[Asked, Proposed, list[str]]:
        """Ask the legs again where the question names somebody who turns out to speak in what was found.

        Names mislead both legs, and who is meant decides the order instead. Where nothing is found without them, the
        first answer stays.
        """
        speakers = {one.speaker for one in proposed.candidates if one.speaker}
        rest = asked.question.without(named(asked.question.text, speakers, [one.body for one in proposed.candidates]))
        again = replace(asked, question=rest)
        if not rest.people or rest.sought == asked.question.sought:
            return again, proposed, []
        other, more = self.mended(lambda: self._propose(again, model, back))
        return (again, other, more) if other.candidates else (asked, proposed, more)

    def mended(self, work: Callable[[], T]) -> T:
        """Do something with an index that is up to date; where it proves damaged, make it anew and do it again."""
        try:
            self.freshen()
            return work()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            if self.base.is_read_only:
                raise Unavailable(_DAMAGED.format(self.folder)) from None
            due.make_anew(self.base, self.languages())
            self.notes.append(_MENDED)
            self.freshen()
            return work()

    def freshen(self) -> tuple[int, int]:
        """Take in what changed; gives how many memories and how many sessions did.

        Unavailable where search never looked at a store that cannot be written.
        """
        if self.base.is_read_only:
            self._as_it_is()
            return 0, 0
        if otherwise := due.prepare(self.base, self.languages()):
            self.notes.append(_REMADE[otherwise])
        if not due.is_due(self.base):
            return 0, 0
        from contextfs.local.search.taking import take_in  # noqa: PLC0415 - heavy, and seldom due

        return take_in(self.base, self._project(), progress=self.progress)

    def _as_it_is(self) -> None:
        if not due.is_made(self.base):
            raise Unavailable(f"{self.folder} is read-only, and holds no index: run `ctx reindex` where it is not.")
        if due.is_due(self.base) and _UNSEEN not in self.notes:
            self.notes.append(_UNSEEN)
        if due.languages(self.base) != self.languages() and _OTHERWISE not in self.notes:
            self.notes.append(_OTHERWISE)

    def _spoken(self) -> Languages:
        """Give the languages of the passages: of those that are only read, what they were made in."""
        return due.languages(self.base) if self.base.is_read_only else self.languages()

    def _walked(
        self, asked: Asked, wanted: Wanted, proposed: Proposed, model: "Embedder | None", now: datetime
    ) -> tuple[Found, list[str]]:
        """Walk over the graph from all that was found, however much of it is shown, and rank again with the walk."""
        from contextfs.journeys.graph.seeds import DISTINCT  # noqa: PLC0415 - few searches walk
        from contextfs.local.graph import walking  # noqa: PLC0415 - few searches walk

        nodes = {
            str(one.id): f"{walking.MEMORY}{one.source_id}" for one in proposed.candidates if one.source == "memory"
        }
        order = find.ranked(proposed, asked.question, now=now, shown=DISTINCT)
        best = [(nodes[one.hit.key], one.relevance) for one in order if one.hit.key in nodes]
        reached = self.mended(lambda: walking.reached(self.base, asked, best, now=now))
        also = self.mended(lambda: walking.passages(self.base, asked.scope, reached))
        again = replace(asked, scope=replace(asked.scope, also=also))
        proposed, troubles = self.mended(lambda: self._propose(again, model, None))
        return find.ordered(proposed, asked.question, wanted, now=now, reached=reached), troubles

    def _seen(self, visibilities: Sequence[str]) -> list[str]:
        from contextfs.local.search.seen import sessions_of  # noqa: PLC0415 - seldom asked for

        return sessions_of(self.base, visibilities, self._sharing())

    def _levels(self) -> dict[str, str]:
        from contextfs.local.search.seen import levels  # noqa: PLC0415 - seldom asked for

        return levels(self.base, self._sharing())

    def _back(self, asked: Asked, at: datetime) -> "Back":
        from contextfs.local.search import past  # noqa: PLC0415 - seldom asked for

        return past.read(self.base, asked.within, at, me=self._me)

    def _propose(self, asked: Asked, model: "Embedder | None", back: "Back | None") -> tuple[Proposed, list[str]]:
        """Ask the legs; in the past, of what was said by then alone, beside the memories of that time."""
        if back is None:
            return self._legs(asked, model)
        said, troubles = Proposed([], []), list[str]()
        if back.said is not None:
            scope = find.scope(back.said, asked.question, me=self._me, seen=self._seen, now=self._now())
            said, troubles = self._legs(replace(asked, scope=scope), model)
        proposed = back.with_memories(said, asked.question.words, self._project().name, asked.question.languages)
        return proposed, [*troubles, *back.degraded]

    def _legs(self, asked: Asked, model: "Embedder | None") -> tuple[Proposed, list[str]]:
        if model is None:
            return find.by_words(self.base, asked), []
        from contextfs.local.search.meaning import Meaning  # noqa: PLC0415 - numpy is loaded where it is there
        from contextfs.local.sync.alone import SEARCH, is_taken  # noqa: PLC0415 - words need nobody's lock

        meaning = Meaning(self.base, self.folder, model)
        if self.base.is_read_only:
            return meaning.propose(asked)
        elsewhere = meaning.waiting() > 0 and is_taken(self.folder, SEARCH)
        troubles = [] if elsewhere else meaning.catch_up(SLICE_SECONDS)
        proposed, degraded = meaning.propose(asked, elsewhere=lambda: elsewhere or self._later())
        return proposed, [*troubles, *degraded]


def _usual() -> "frozenset[TakenOut]":
    from contextfs.kit.personal import USUAL  # noqa: PLC0415 - seldom asked for

    return USUAL


def _is_damage(error: sqlite3.Error) -> bool:
    """Tell whether SQLite complains of what it has on the disk, or misses a table of the index."""
    is_corrupt = (getattr(error, "sqlite_errorcode", 0) & 0xFF) == sqlite3.SQLITE_CORRUPT
    return is_corrupt or any(words in str(error) for words in ("malformed", "no such table", "fts5: missing row"))
