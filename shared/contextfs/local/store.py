"""The local store: memories of one repository, in files that people read and a database that remembers."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import msgspec

from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.clock import time_text
from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.domain.memories.revisions import Fields, Revision, at, instant
from contextfs.domain.memories.rules import LEARNER, canonical_type, changed, fields_said, fingerprint, removed
from contextfs.domain.memories.view import View, change, resolve, view
from contextfs.domain.redaction.model import Policy
from contextfs.domain.redaction.rules import redact, redact_json
from contextfs.kit.errors import Conflict, NotFound
from contextfs.kit.ids import Entropy, uuid7
from contextfs.local import config
from contextfs.local.base import digits
from contextfs.local.base.connection import Base
from contextfs.local.base.memories import (
    SQL,
    as_json,
    fields_in,
    next_clock,
    record,
    redaction_key,
    revisions_of,
    shown,
)
from contextfs.local.document.names import type_of
from contextfs.local.folder import stepping
from contextfs.local.model import LocalMemory, MemoryQuery, Refreshed, StoreStatus, TakenIn, Written
from contextfs.local.place import Place

if TYPE_CHECKING:
    from contextfs.local.taking import Prepared

_MOST_PROOFS = 100
_ABSENT = "There is no such memory here."
_DELETED = SQL["page"].replace("where not deleted", "where deleted")
"""A text of its own: the index of the other one holds what is not deleted, which a parameter would not show it."""


class LocalStore:
    """Reads and writes the memories of a place. It does not talk to servers, and it does not search."""

    def __init__(
        self, place: Place, base: Base, *, now: Callable[[], datetime], entropy: Entropy, actor: Callable[[], str]
    ) -> None:
        self.place = place
        self.base = base
        self.now = now
        self.entropy = entropy
        self.actor = cache(actor)
        self._stepped = stepping.NOTHING

    @classmethod
    def open(
        cls, place: Place, *, now: Callable[[], datetime], entropy: Entropy, actor: Callable[[], str]
    ) -> "LocalStore":
        """Open the store of a place; Unavailable or Invalid say why that cannot be. `actor` names who edits here."""
        return cls(place, Base.open(place.local), now=now, entropy=entropy, actor=actor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.base.close()

    @property
    def project_id(self) -> UUID:
        """The project that the repository is."""
        return config.read(self.place.config).project.id

    @cached_property
    def policy(self) -> Policy:
        """What is taken out of all that is stored here, as the settings said when this was opened."""
        settings = config.read(self.place.config)
        return Policy(redaction_key(self.base, self.entropy), settings.redact.wanted)

    def refresh(self, *, accept_missing: bool = False) -> Refreshed:
        """Take in what people and git did to the files, and finish what an interrupted command left."""
        from contextfs.local.folder.refresh import refresh  # noqa: PLC0415 - not each command looks at the files

        return refresh(
            self.base,
            self.place,
            actor=self.actor,
            now=self.now(),
            new_id=self.new_id,
            accept_missing=accept_missing,
        )

    def new_id(self) -> UUID:
        """Make an id."""
        return uuid7(self.now(), self.entropy)

    def add(self, new: NewMemory) -> Written:
        """Add a memory; one that says the same to the same readers is given back, with a new proof if there is one."""
        fields, redacted = self._cleaned(fields_said(new))
        with self._writing():
            same = self._same(fields, is_typed=new.type is not msgspec.UNSET)
            if same is not None:
                return self._proven(same, fields, redacted)
            memory_id = new.id or self.new_id()
            if revisions_of(self.base, memory_id):
                raise Conflict("A memory with this id exists already: leave the id out, or change that memory.")
            self._write(memory_id, None, fields)
        return self._written(memory_id, stored=True, redacted=redacted)

    def learn(self, lesson: NewMemory) -> bool:
        """Take in what was learned, inside a transaction; True when that is new. Its file is due then.

        Its id follows from what it says: what a person changed or deleted since stays as they left it. What is known
        already gains the proof; what was left behind is known again by it.
        """
        fields, _ = self._cleaned(fields_said(lesson))
        memory_id = lesson.id or self.new_id()
        known = revisions_of(self.base, memory_id)
        same = memory_id if known else self._same(fields)
        if same is None:
            return self._write(memory_id, None, fields, author=LEARNER)
        from contextfs.local.standing import standing, waits  # noqa: PLC0415 - only where something was known

        told = view(known or revisions_of(self.base, same))
        seen = standing(self.base, told)
        if _means_the_same(told.fields, fields) and _are_for_the_same(seen.fields, fields):
            seen = self._known_again(seen, fields) if waits(self.base, seen, LEARNER) else seen
            if not seen.deleted:
                self._prove(seen, fields, author=LEARNER)
        return False

    def revise(self, memory_id: UUID, fields: Fields, *, author: str | None = None) -> bool:
        """Bring a memory, deleted or not, to a state, inside a transaction; False when that is how it stands."""
        return self._write(memory_id, view(revisions_of(self.base, memory_id)), fields, author=author)

    def state(self, memory_id: UUID) -> Fields | None:
        """Give the state of a memory, deleted or not; None where there is none."""
        row = self.base.one(SQL["memory"], {"id": str(memory_id)})
        return None if row is None else fields_in(row)

    def follow(self, memory_id: UUID, wanted: MemoryChange) -> bool:
        """Change what was learned, inside a transaction, unless a person changed it before; True when it is changed."""
        seen = view(revisions_of(self.base, memory_id))
        if seen.deleted or seen.updated_by != LEARNER:
            return False
        fields, _ = self._cleaned(changed(seen.fields, wanted))
        return self._write(memory_id, seen, fields, author=LEARNER)

    def change(self, memory_id: UUID, wanted: MemoryChange) -> Written:
        """Change a memory by a new revision; NotFound when it is deleted."""
        with self._writing():
            seen = self._seen(memory_id)
            fields, redacted = self._cleaned(changed(seen.fields, wanted))
            stored = self._write(memory_id, seen, fields)
        return self._written(memory_id, stored=stored, redacted=redacted)

    def resolve(self, memory_id: UUID, content: str) -> Written:
        """Settle a conflict: this is the text."""
        with self._writing():
            seen = self._seen(memory_id)
            cleaned, redacted = self._cleaned(msgspec.structs.replace(seen.fields, content=content, alternatives=()))
            made = resolve(seen, cleaned.content, author=self.actor(), clock=next_clock(self.base, self.now()))
            self._record(memory_id, made)
        return self._written(memory_id, stored=made is not None, redacted=redacted)

    def remove(self, memory_id: UUID) -> None:
        """Delete a memory by a revision that says so: its file goes, its history stays."""
        with self._writing():
            seen = self._seen(memory_id)
            self._write(memory_id, seen, removed(seen.fields))
        stepping.follow(self.base, self.place, memory_id)

    def restore(self, memory_id: UUID) -> Written:
        """Bring a deleted memory back as it was, by a revision that says so; its file comes back."""
        from contextfs.journeys.consolidate.retire import brought_back  # noqa: PLC0415 - only where something is restored

        with self._writing():
            seen = view(self.log(memory_id))
            stored = seen.deleted and self._write(memory_id, seen, brought_back(seen.fields))
        return self._written(memory_id, stored=stored, redacted=0)

    def get(self, memory_id: UUID) -> LocalMemory:
        """Read a memory; NotFound when there is none, or it is deleted."""
        row = self.base.one(SQL["memory"], {"id": str(memory_id)})
        if row is None or row["deleted"]:
            raise NotFound(_ABSENT)
        return self._placed([shown(row, self.now())])[0]

    def find(self, text: str) -> UUID:
        """Give the id that starts or ends with some digits; NotFound when none does, Invalid when several do."""
        return digits.found(self.base, SQL, text, "memory")

    def page(self, query: MemoryQuery) -> list[LocalMemory]:
        """List memories, newest first, as they are or were known at a time."""
        now = self.now()
        if query.as_of is not None and query.as_of < now:
            from contextfs.local.base import past  # noqa: PLC0415 - seldom asked for

            return self._placed(past.page(self.base, query, query.as_of))
        rows = self.base.all(
            _DELETED if query.deleted else SQL["page"],
            {
                "type": canonical_type(query.type) if query.type else None,
                "tags": as_json(query.tags) if query.tags else None,
                "author": query.author,
                "since": time_text(query.since) if query.since else None,
                "conflicted": query.conflicted,
                "pinned": query.pinned,
                "superseded": query.superseded,
                "now": instant(now),
                "limit": query.limit,
            },
        )
        return self._placed([shown(row, now) for row in rows])

    def log(self, memory_id: UUID) -> Sequence[Revision]:
        """Give all revisions of a memory, newest first: nothing that anyone wrote is out of reach."""
        known = revisions_of(self.base, memory_id)
        if not known:
            raise NotFound(_ABSENT)
        return sorted(known, key=lambda one: (one.clock, one.id), reverse=True)

    def at(self, memory_id: UUID, when: datetime | str) -> View:
        """Give a memory as it was known at a time, or as one revision has it (by the first digits of its id)."""
        known = self.log(memory_id)
        if isinstance(when, datetime):
            then = at(known, when)
            if not then:
                raise NotFound("There was no such memory at that time.")
            return view(then)
        found = [one for one in known if one.id.startswith(when.lower())]
        if len(found) != 1:
            raise NotFound(f"{'No revision starts' if not found else 'Several revisions start'} with {when}.")
        return view([found[0]])

    def take_in(self, revisions: "Iterable[Revision] | Prepared", *, sent: bool = False, more: bool = False) -> TakenIn:
        """Take in revisions from elsewhere; files that show the present view follow, those that git keeps back do not.

        `sent` is for those that came from the server, which need not be sent there. With `more` to come, their files
        are due until `write_due` has made sure of all of them at once.
        """
        from contextfs.local.taking import take_in  # noqa: PLC0415 - only for what comes from elsewhere

        arrived = take_in(self.base, self.place, revisions, now=self.now(), sent=sent)
        self._stepped = self._stepped.plus(stepping.step(self.base, self.place, arrived.due, arrived.texts))
        if not more:
            self.write_due()
        return arrived.taken

    def write_due(self) -> None:
        """Write the files that are due, and make sure that those which were written are safe."""
        stepped, self._stepped = self._stepped, stepping.NOTHING
        done = frozenset(stepped.done)
        rest = [one for one in stepping.pending(self.base, self.place) if one not in done]
        stepping.finish(self.base, self.place, rest, before=stepped)

    def status(self) -> StoreStatus:
        """Tell how the store stands."""
        from contextfs.local.folder.refresh import problems  # noqa: PLC0415 - as above

        counts = self.base.one(SQL["counts"]) or {}
        unsent = self.base.one(SQL["count_unsent"]) or {}
        return StoreStatus(
            memories=counts["memories"],
            conflicted=counts["conflicted"],
            unsent=unsent["unsent"],
            behind=[row["path"] for row in self.base.all(SQL["behind"], {"tree": self.place.tree})],
            problems=list(problems(self.base, self.place)),
        )

    def path_of(self, memory: LocalMemory) -> Path:
        """Give where a memory's file is, or where it belongs."""
        folder = self.place.private if memory.visibility == "private" else self.place.memories
        return folder / memory.path

    def _placed(self, memories: list[LocalMemory]) -> list[LocalMemory]:
        """Tell where the files of memories are in this tree: somebody may have called them otherwise than we do."""
        ids = as_json([str(one.id) for one in memories])
        rows = self.base.all(SQL["files_of_some"], {"ids": ids, "tree": self.place.tree})
        there = {row["memory_id"]: row["path"].removeprefix("local/").removeprefix("memories/") for row in rows}
        return [msgspec.structs.replace(one, path=there.get(str(one.id), one.path)) for one in memories]

    @contextmanager
    def _writing(self) -> Generator[None]:
        """Begin a transaction; who we are is asked before, for git may take its time, and others would wait."""
        self.actor()
        with self.base.transaction():
            yield

    def _seen(self, memory_id: UUID) -> View:
        known = revisions_of(self.base, memory_id)
        if not known or (seen := view(known)).deleted:
            raise NotFound(_ABSENT)
        return seen

    def _same(self, fields: Fields, *, is_typed: bool = True) -> UUID | None:
        """Give the memory that says the same to the same readers: as this type, or where nobody chose it, as any."""
        others = [] if is_typed else [type_of(row["folder"]) for row in self.base.all(SQL["folders"])]
        types = {fields.type, *others}
        known = as_json([fingerprint(one, fields.content) for one in types])
        row = self.base.one(SQL["same"], {"fingerprints": known, "private": fields.visibility == "private"})
        return None if row is None else UUID(row["id"])

    def _known_again(self, seen: View, fields: Fields) -> View:
        """Bring back what waits to be said again, unless somebody added it anew meanwhile: then give that."""
        if (other := self._same(fields)) is None:
            from contextfs.journeys.consolidate.retire import restored  # noqa: PLC0415 - only where something was known

            self._write(seen.memory_id, seen, restored(seen.fields), author=LEARNER)
        return self._seen(other or seen.memory_id)

    def _proven(self, same: UUID, fields: Fields, redacted: int) -> Written:
        self._prove(self._seen(same), fields, author=self.actor())
        return Written(memory=self.get(same), stored=False, redacted=redacted)

    def _prove(self, seen: View, fields: Fields, *, author: str) -> None:
        """Give a memory the proofs that it lacks, as far as there is room for them: a session proves once.

        What was learned, and is added by hand as well, is proven by that.

        One that was overtaken, and is said again after that, is valid anew.
        """
        from contextfs.journeys.consolidate.retire import renewed, said_again, vouched  # noqa: PLC0415 - as above

        known = {_proof(one) for one in seen.fields.provenance}
        room = max(0, _MOST_PROOFS - len(known))
        fresh = tuple(one for one in fields.provenance if _proof(one) not in known)[:room]
        now = seen.fields
        if not fields.provenance:
            now = renewed(now, fields, self.now())
            fresh = vouched(now.metadata, now.provenance)
        elif fresh:
            now = said_again(now, fields.valid_from)
        more = msgspec.structs.replace(now, provenance=(*now.provenance, *fresh))
        if more != seen.fields:
            self._write(seen.memory_id, seen, more, author=author)

    def _write(self, memory_id: UUID, seen: View | None, fields: Fields, *, author: str | None = None) -> bool:
        """Add the revision that leads to a state, and note that the file is due; False when that is how it stands."""
        author, clock = author or self.actor(), next_clock(self.base, self.now())
        if seen is None:
            made: Revision | None = Revision(memory_id=memory_id, fields=fields, author=author, clock=clock)
        else:
            made = change(seen, fields, author=author, clock=clock)
        return self._record(memory_id, made)

    def _record(self, memory_id: UUID, made: Revision | None) -> bool:
        if made is not None:
            record(self.base, memory_id, [made])
        stepping.intend(self.base, self.place, [memory_id])
        return made is not None

    def _written(self, memory_id: UUID, *, stored: bool, redacted: int) -> Written:
        stepping.follow(self.base, self.place, memory_id)
        return Written(memory=self.get(memory_id), stored=stored, redacted=redacted)

    def _cleaned(self, fields: Fields) -> tuple[Fields, int]:
        """Take secrets out, and bring line ends to one form; gives how many secrets there were."""
        key, wanted = self.policy
        texts = [
            redact(text.replace("\r\n", "\n"), key=key, wanted=wanted) for text in (fields.title or "", *fields.bodies)
        ]
        metadata = redact_json(fields.metadata, key=key, wanted=wanted)
        title, content, *others = (one.text for one in texts)
        cleaned = msgspec.structs.replace(
            fields,
            title=title if fields.title is not None else None,
            content=content,
            alternatives=tuple(others),
            metadata=metadata.value,
        )
        return cleaned, sum(len(one.findings) for one in texts) + len(metadata.findings)


def _means_the_same(left: Fields, right: Fields) -> bool:
    """Tell whether two states say the same to the same readers."""
    is_same = fingerprint(left.type, left.content) == fingerprint(right.type, right.content)
    return is_same and _are_for_the_same(left, right)


def _are_for_the_same(left: Fields, right: Fields) -> bool:
    return (left.visibility == "private") == (right.visibility == "private")


def _proof(one: dict[str, Any]) -> str:
    return one.get("session_id") or canonical(one)
