"""Sessions in the local store: captured once, whatever is sent again, and read."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.sessions.model import Captured, Message, NewMessage, NewSession, Session, Status
from contextfs.domain.sessions.rules import named
from contextfs.journeys.capture.clean import Cleaner
from contextfs.journeys.capture.messages import cleaned, message, title_of
from contextfs.kit.errors import Conflict, NotFound
from contextfs.kit.ids import named as named_id
from contextfs.kit.ids import placed, uuid7s
from contextfs.kit.receipt import Receipt
from contextfs.local import config
from contextfs.local.base import digits
from contextfs.local.base.connection import Row
from contextfs.local.config import Level
from contextfs.local.sessions.rows import (
    SQL,
    level_in,
    message_in,
    row_of_message,
    row_of_new,
    session_in,
    text,
)
from contextfs.local.sessions.versions import revising
from contextfs.local.store import LocalStore

_BATCH = 500
_ABSENT = "There is no such session here."


class SessionQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions a list shows; what is None does not matter."""

    tool: str | None = None
    status: Status | None = None
    branch: str | None = None
    tag: str | None = None
    since: datetime | None = None
    limit: int = 50


class LocalSessions:
    """Captures and reads the sessions of a store. It does not learn from them, and it does not talk to servers."""

    def __init__(self, store: LocalStore) -> None:
        settings = config.read(store.place.config)
        self.store = store
        self.project_id = settings.project.id
        self.sharing = settings.share
        self._base = store.base

    def capture(
        self, new: NewSession, *, revise: bool = False, left: Sequence[str] = (), aside: Sequence[str] = ()
    ) -> Captured:
        """Store a session with its messages; one that is there (same tool, same external id) gets what it lacks.

        It takes any number of messages. They are cleaned of secrets first; each batch is stored whole or not at all.
        `revise` brings messages that are there to what is said of them now; what was said before stays as a version.
        `left` are the tool's names for messages that were left behind: those that are there are brought to that.
        `aside` are those of other branches, which stand. A record that is older than what is there tells neither.
        """
        cleaner = Cleaner(self.store.policy)
        messages = list(named(new.messages)) if new.external_id else new.messages
        cleaned = cleaner.fields(new, texts=("title",), values=("annotations", "metadata"))
        session_id = self._id_of(new)
        batches = self._fresh(session_id, messages, cleaner)
        first, now = next(batches, list[Message]()), self.store.now()
        with self._base.transaction():
            row, created = self._begun(cleaned, session_id, now)
            here = UUID(row["id"])
            self._base.run(SQL["spent"], _spent(new) | {"id": row["id"], "now": text(now)})
            added = self._add(here, first)
        added += sum(self._add(here, batch) for batch in batches)
        revised = 0
        if not created:
            off = revising.Off(left, aside)
            revised = revising.revise(self._base, here, messages, off, cleaner, now, is_new_reading=revise)
        captured = self._captured(here, len(messages), added, cleaner, created=created)
        return msgspec.structs.replace(captured, revised=revised)

    def append(self, session_id: UUID, messages: Sequence[NewMessage]) -> Captured:
        """Append messages in their order; those whose external id is stored already are counted as present."""
        self._row(session_id)
        cleaner = Cleaner(self.store.policy)
        added = sum(self._add(session_id, batch) for batch in self._fresh(session_id, messages, cleaner))
        return self._captured(session_id, len(messages), added, cleaner, created=False)

    def complete(self, session_id: UUID, ended_at: datetime | None = None) -> Session:
        """Close a session, as of its last message or a time; one that is closed stays as it is."""
        with self._base.transaction():
            row = self._row(session_id)
            last = self._base.one(SQL["last_message_at"], {"session_id": str(session_id)})
            ended = text(ended_at or self.store.now()) if ended_at or not last or not last["at"] else last["at"]
            now = text(self.store.now())
            if row["status"] == "open":
                self._base.run(SQL["complete"], {"id": str(session_id), "ended_at": ended, "now": now})
        return self.get(session_id)

    def choose(self, session_id: UUID, level: Level) -> bool:
        """Say who may see a session, whatever the rules say; False when that is how it stands."""
        values = {"id": str(session_id), "chosen": level, "now": text(self.store.now())}
        with self._base.transaction():
            self._row(session_id)
            return self._base.run(SQL["choose"], values) > 0

    def get(self, session_id: UUID) -> Session:
        """Read a session; NotFound when there is none."""
        return self.shown(self._row(session_id))

    def known(self, tool: str, external_id: str) -> Session | None:
        """Read a session by what its tool calls it; None when there is none."""
        row = self._base.one(SQL["external"], {"tool": tool, "external_id": external_id})
        return None if row is None else self.shown(row)

    def is_told(self, session_id: UUID) -> bool:
        """Tell whether a server was told of a session, or told us of it."""
        return self._row(session_id)["told"] is not None

    def find(self, text: str) -> UUID:
        """Give the id that starts or ends with some digits; NotFound when none does, Invalid when several do."""
        return digits.found(self._base, SQL, text, "session")

    def page(self, query: SessionQuery) -> list[Session]:
        """List sessions, newest first."""
        since = text(query.since) if query.since else None
        rows = self._base.all(SQL["page"], msgspec.structs.asdict(query) | {"since": since})
        return [self.shown(row) for row in rows]

    def messages(self, session_id: UUID) -> Iterator[Message]:
        """Read the messages of a session, in their order."""
        at, after = "", ""
        while True:
            place = {"session_id": str(session_id), "at": at, "after": after, "limit": _BATCH}
            rows = self._base.all(SQL["messages"], place)
            yield from map(message_in, rows)
            if len(rows) < _BATCH:
                return
            at, after = rows[-1]["created_at"], rows[-1]["id"]

    def shown(self, row: Row) -> Session:
        """Give the noun of a session's row."""
        return session_in(row, self.project_id, self.level(row))

    def level(self, row: Row) -> Level:
        """Tell who may see the session of a row: whom somebody chose, else whom the rules name."""
        return level_in(row, self.sharing)

    def _id_of(self, new: NewSession) -> UUID:
        """Give the id of the session that is there, or that a new one gets: it follows from what its tool calls it."""
        if new.external_id is None:
            return new.id or self.store.new_id()
        known = self._base.one(SQL["external"], {"tool": new.tool, "external_id": new.external_id})
        if known is not None:
            return UUID(known["id"])
        return new.id or named_id(self.project_id, "session", new.tool, new.external_id)

    def _begun(self, new: NewSession, session_id: UUID, now: datetime) -> tuple[Row, bool]:
        """Give the row of a session, made if it is not there; and whether it was made."""
        made = row_of_new(new, session_id, now)
        created = self._base.run(SQL["add"], made) > 0
        row = self._base.one(SQL["external"], {"tool": new.tool, "external_id": made["external_id"]})
        if row is None:
            raise Conflict("A session with this id exists already: leave the id out, or append to that session.")
        if created:
            self._base.run(SQL["touch"], {"id": row["id"]})
        return row, created

    def _fresh(self, session_id: UUID, messages: Sequence[NewMessage], cleaner: Cleaner) -> Iterator[list[Message]]:
        """Give the messages that are not known, cleaned, in batches: nobody waits for a lock while that is done."""
        known = {row["external_id"] for row in self._base.all(SQL["known"], {"session_id": str(session_id)})}
        ids = uuid7s(self.store.now(), self.store.entropy, len(messages))
        pairs = zip(range(len(messages)), messages, ids, strict=True)
        wanted = [one for one in pairs if one[1].external_id is None or one[1].external_id not in known]
        for start in range(0, len(wanted), _BATCH):
            yield [self._cleaned(session_id, *one, cleaner) for one in wanted[start : start + _BATCH]]

    def _captured(self, session_id: UUID, sent: int, added: int, cleaner: Cleaner, *, created: bool) -> Captured:
        receipt = Receipt(
            stored=added + created,
            stored_at=self.store.now(),
            duplicates=sent - added,
            redacted=cleaner.found if added or created else 0,
        )
        session = self.get(session_id)
        return Captured(session=session, receipt=receipt, created=created, added=added, present=sent - added)

    def _cleaned(self, session_id: UUID, place: int, new: NewMessage, usual: UUID, cleaner: Cleaner) -> Message:
        now = self.store.now()
        by_name = (
            placed(session_id, new.created_at or now, place, new.external_id) if new.external_id is not None else usual
        )
        return message(cleaned(new, cleaner), session_id=session_id, message_id=new.id or by_name, now=now)

    def _add(self, session_id: UUID, fresh: Sequence[Message]) -> int:
        """Store messages that are not stored yet; gives how many that were."""
        here = {"session_id": str(session_id)}
        with self._base.transaction():
            added = sum(self._base.run(SQL["add_message"], row_of_message(one, sent=False) | here) for one in fresh)
            if added:
                now = text(self.store.now())
                grown = {"id": str(session_id), "added": added, "title": title_of(fresh), "now": now}
                self._base.run(SQL["grown"], grown)
                self._base.run(SQL["touch"], {"id": str(session_id)})
        return added

    def _row(self, session_id: UUID) -> Row:
        row = self._base.one(SQL["session"], {"id": str(session_id)})
        if row is None:
            raise NotFound(_ABSENT)
        return row


def _spent(new: NewSession) -> Row:
    return {"input_tokens": new.input_tokens, "output_tokens": new.output_tokens}
