"""Files become revisions: an edit is made to what its author saw, and what git brings back is no edit."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from uuid import UUID

import msgspec

from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.domain.memories.rules import removed
from contextfs.domain.memories.view import View, view
from contextfs.domain.redaction.rules import redact, redact_json
from contextfs.kit.errors import ContextFSError, Invalid
from contextfs.kit.personal import PERSONAL, USUAL
from contextfs.kit.redaction_rule import RedactionRule, Wanted
from contextfs.local import config
from contextfs.local.base.connection import Base, Row
from contextfs.local.base.memories import SQL, fields_in, next_clock, record, revisions_of
from contextfs.local.document import names
from contextfs.local.document.text import Document, parse, render, same, sides, told
from contextfs.local.folder.absence import Index
from contextfs.local.folder.scan import Known, Seen, contents, hashed, is_as_known, taken
from contextfs.local.folder.write import is_torn
from contextfs.local.merge import folded
from contextfs.local.place import Place

_NOTHING = "[]"
"""What a torn file shows: no revision."""


class Tally:
    """What taking files in did."""

    def __init__(self) -> None:
        self.edited = self.added = self.deleted = self.revived = self.moved = 0
        self.emptied: set[UUID] = set()


class Reader:
    """Takes files in, inside a transaction. It does not write files: `to_step` names memories whose file is due."""

    def __init__(
        self,
        base: Base,
        place: Place,
        *,
        actor: str,
        now: datetime,
        new_id: Callable[[], UUID],
        gone: Sequence[Known] = (),
        due: Iterable[UUID] = (),
    ) -> None:
        self._base = base
        self._place = place
        self._actor = actor
        self._now = now
        self._new_id = new_id
        self._index = Index(place)
        self._gone = {one.memory_id: one for one in gone}
        self._gone_paths = {one.path for one in gone}
        self._due = {str(memory_id) for memory_id in due}
        self._to_step: set[UUID] = set()
        self.tally = Tally()
        self.freed: list[str] = []
        """Paths of files that have another id than before: one of theirs that was in the way may be taken in now."""

    def take(self, seen: Seen) -> None:
        """Take one file in, or note what is wrong with it."""
        row = self._base.one(SQL["file"], {"tree": self._place.tree, "path": seen.path})
        known = None if row is None else Known(**row)
        if known is not None and known.problem is None and is_as_known(seen, known):
            return  # another process took it in, while we waited
        digest = ""
        try:
            content = contents(self._place, seen)
            digest = hashed(content)
            if known is not None and known.problem is None and known.hash == digest:
                self._remember(seen, known.memory_id, digest, known.base, None, found=known.found)
                return
            if known is not None and known.memory_id and not content.strip(b"\0 \t\r\n"):
                self._refill(seen, known, digest)
                return
            if known is not None and self.is_due(known) and self._is_torn(known, content):
                self._remember(seen, known.memory_id, digest, known.base, None, found=known.found)
                return
            if known is None and (owner := self._whose_torn(seen, content)):
                self._remember(seen, owner["id"], digest, _NOTHING, None, found=_is_not_ours(seen, owner))
                return
            self._take_text(seen, known, content, digest)
        except FileNotFoundError:
            return
        except Invalid as error:
            about = (known.memory_id, digest, known.base) if known else ("", digest, _NOTHING)
            self._remember(seen, *about, told(error), found=known.found if known else True)

    @cached_property
    def _wanted(self) -> frozenset[Wanted]:
        """Tell what no memory may hold beside secrets; settings that cannot be read are told elsewhere."""
        try:
            return config.read(self._place.config).redact.wanted
        except ContextFSError:
            return USUAL

    def to_step(self) -> set[UUID]:
        """Give the memories whose files are due since this was asked last."""
        due, self._to_step = self._to_step, set()
        return due

    def delete(self, gone: Known) -> None:
        """Conclude from a missing file that its memory is deleted, if this file was its only one."""
        self._base.run(SQL["forget_file"], {"tree": self._place.tree, "path": gone.path})
        if not gone.memory_id or self._files_of(UUID(gone.memory_id)):
            self.tally.moved += bool(gone.memory_id)
            return
        memory_id = UUID(gone.memory_id)
        revisions = revisions_of(self._base, memory_id)
        if not revisions or (seen := view(revisions)).deleted:
            return
        fields = removed(_state_of(revisions, json.loads(gone.base)) or seen.fields)
        self._revise(memory_id, fields, _known_of(revisions, gone.base) or seen.heads, from_absence=True)
        self.tally.deleted += 1

    def put_away(self, gone: Known) -> None:
        """Forget a file that git put away: its memory stays."""
        self._base.run(SQL["forget_file"], {"tree": self._place.tree, "path": gone.path})

    def _is_unfinished(self, seen: Seen, memory_id: UUID, content: bytes, digest: str) -> bool:
        """Tell whether a file is what a command wrote that was killed before it took the former file away."""
        row = self._base.one(SQL["memory"], {"id": str(memory_id)}) if str(memory_id) in self._due else None
        if row is None or content != render(memory_id, fields_in(row)).encode():
            return False
        self._remember(seen, str(memory_id), digest, row["heads"], None, found=_is_not_ours(seen, row))
        return True

    def is_due(self, known: Known) -> bool:
        """Tell whether a file was about to be written: that it is gone, or torn, is then nobody's doing."""
        return known.memory_id in self._due

    def _is_torn(self, known: Known, content: bytes) -> bool:
        row = self._base.one(SQL["memory"], {"id": known.memory_id})
        return row is not None and is_torn(content, render(UUID(row["id"]), fields_in(row)).encode())

    def _whose_torn(self, seen: Seen, content: bytes) -> Row | None:
        """Give the memory whose file was about to be made here, and is torn: that it was begun may be lost as well."""
        for row in self._base.all(SQL["belonging"], {"short": names.digits_of(seen.path)}):
            if row["id"] in self._due and is_torn(content, render(UUID(row["id"]), fields_in(row)).encode()):
                return row
        return None

    def _refill(self, seen: Seen, known: Known, digest: str) -> None:
        """Have an empty file written anew: it says nothing, and is what a power cut leaves."""
        memory_id = UUID(known.memory_id)
        self._remember(seen, known.memory_id, digest, known.base, None, found=known.found)
        self._to_step.add(memory_id)
        self.tally.emptied.add(memory_id)

    def _take_text(self, seen: Seen, known: Known | None, content: bytes, digest: str) -> None:
        texts = sides(_decoded(content))
        documents = [parse(text, usual_type=_usual_type(seen)) for text in texts]
        for document in documents:
            _without_secrets(document.fields, self._wanted)
        memory_id = documents[0].memory_id or self._owner(known) or self._new_id()
        if self._is_unfinished(seen, memory_id, content, digest):
            return
        self._alone(seen, memory_id)
        parents = self._seen_by_author(memory_id, known)
        states = [self._in_folder(seen, document) for document in documents]
        # What git could not merge is one edit that leaves both texts: made one after the other, they would replace
        # each other.
        state = states[0] if len(states) == 1 else folded(states)
        base = self._settle(memory_id, state, parents, is_gits=self._index.holds(seen.path, content))
        is_found = known.found if known and known.memory_id == str(memory_id) else True
        self._remember(seen, str(memory_id), digest, json.dumps(base), None, found=is_found)
        if known and known.memory_id not in {"", str(memory_id)}:
            self.freed.append(seen.path)
        if documents[0].memory_id is None or len(documents) > 1:
            self._to_step.add(memory_id)

    def _settle(self, memory_id: UUID, fields: Fields, parents: tuple[str, ...], *, is_gits: bool) -> tuple[str, ...]:
        """Make a state known, unless it is; gives the revisions that a file with this state shows.

        An earlier state is an edit of the person who wrote it again, and none when git brought it back.
        """
        revisions = revisions_of(self._base, memory_id)
        if not revisions:
            self.tally.added += 1
            return self._revise(memory_id, fields, ())
        now = view(revisions)
        if now.deleted and self._was_absence(now):
            self.tally.revived += 1
            return self._revise(memory_id, fields, now.heads)
        if same(fields, msgspec.structs.replace(now.fields, deleted=False)):
            return now.heads
        earlier = [one for one in revisions if not one.fields.deleted and same(fields, one.fields)]
        if earlier and is_gits:
            return (max(earlier, key=lambda one: (one.clock, one.id)).id,)
        self.tally.edited += 1
        return self._revise(memory_id, fields, parents or now.heads)

    def _revise(
        self, memory_id: UUID, fields: Fields, parents: tuple[str, ...], *, from_absence: bool = False
    ) -> tuple[str, ...]:
        """Add a revision; gives what a file with this state shows: the view, if that is the same, or the revision."""
        made = Revision(
            memory_id=memory_id,
            parents=parents,
            fields=fields,
            author=self._actor,
            clock=next_clock(self._base, self._now),
        )
        now = record(self._base, memory_id, [made], from_absence=from_absence)
        return now.heads if now.fields == fields else (made.id,)

    def _owner(self, known: Known | None) -> UUID | None:
        return UUID(known.memory_id) if known and known.memory_id else None

    def _seen_by_author(self, memory_id: UUID, known: Known | None) -> tuple[str, ...]:
        """Give the revisions that whoever edited a file saw: those that it showed before, under whatever name."""
        before = known if known and known.memory_id == str(memory_id) else self._gone.get(str(memory_id))
        return _known_of(revisions_of(self._base, memory_id), before.base) if before else ()

    def _alone(self, seen: Seen, memory_id: UUID) -> None:
        """Refuse a second file of the same memory: which of them is meant, nobody could say."""
        for other in self._files_of(memory_id):
            if other != seen.path:
                raise Invalid(taken(other))

    def _files_of(self, memory_id: UUID) -> list[str]:
        """Give the files of a memory that are there."""
        rows = self._base.all(SQL["files_of"], {"tree": self._place.tree, "memory_id": str(memory_id)})
        return [row["path"] for row in rows if row["problem"] is None and row["path"] not in self._gone_paths]

    def _in_folder(self, seen: Seen, document: Document) -> Fields:
        """Give a file's state; a file in the ignored folder is private, whatever it says."""
        if seen.path.startswith("local/"):
            return msgspec.structs.replace(document.fields, visibility="private")
        return document.fields

    def _was_absence(self, now: View) -> bool:
        values = {"memory_id": str(now.memory_id), "ids": json.dumps(now.heads)}
        row = self._base.one(SQL["from_absence"], values)
        return bool(row and row["all_of_them"])

    def _remember(
        self, seen: Seen, memory_id: str, digest: str, base: str, problem: str | None, *, found: bool | int
    ) -> None:
        self._base.run(
            SQL["set_file"],
            {
                "tree": self._place.tree,
                "path": seen.path,
                "memory_id": memory_id,
                "size": seen.size,
                "mtime": seen.mtime,
                "looked": time.time_ns(),
                "hash": digest,
                "base": base,
                "problem": problem,
                "found": found,
            },
        )


def _is_not_ours(seen: Seen, row: Row) -> bool:
    """Tell whether a file that a command of ours began to write has another name than ours: it was kept."""
    return seen.path.rpartition("/")[2] != row["path"].rpartition("/")[2]


def _usual_type(seen: Seen) -> str:
    """Give the type of a file that names none: its folder's. Invalid for a file beside the folders."""
    _, *folders, _ = seen.path.removeprefix("local/").split("/")
    if not folders:
        raise Invalid("is in no folder of a type: move it to memories/fact, or to that of another type")
    return names.type_of(folders[0])


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"is not UTF-8 (byte {error.start}): save it as UTF-8") from None


def _without_secrets(fields: Fields, wanted: frozenset[Wanted]) -> None:
    """Refuse a state that holds what is not stored: what a person wrote is not rewritten behind their back."""
    for text in (fields.title or "", *fields.bodies):
        cleaned = redact(text, key=b"", wanted=wanted)
        if cleaned.findings:
            found = cleaned.findings[0]
            line = cleaned.text[: cleaned.text.index(found.marker())].count("\n") + 1
            raise Invalid(f"holds {_what(found.kind, wanted)} ({found.kind}, line {line} of the text): take it out")
    if redact_json(fields.metadata, key=b"", wanted=wanted).findings:
        raise Invalid("holds what looks like a secret in its metadata: take it out")


def _what(kind: str, wanted: frozenset[Wanted]) -> str:
    if any(isinstance(one, RedactionRule) and one.name == kind for one in wanted):
        return "what a rule of [redact] takes out"
    return "what looks like the data of a person" if kind in PERSONAL else "what looks like a secret"


def _known_of(revisions: Sequence[Revision], base: str) -> tuple[str, ...]:
    known = {revision.id for revision in revisions}
    return tuple(name for name in json.loads(base) if name in known)


def _state_of(revisions: Sequence[Revision], base: Sequence[str]) -> Fields | None:
    """Give the state that a file showed."""
    known = {revision.id: revision for revision in revisions}
    if len(base) == 1 and base[0] in known:
        return known[base[0]].fields
    return None
