"""Copies of a conversation that a person saved: where a session tells all that one does, it is kept once.

Gemini CLI's `/chat save` leaves such a copy, whose messages have no names in common with the session's. What was said
tells: all of a copy, word for word and in its order, stands in the session.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID

from contextfs.adapters.transcripts.gemini.where import is_checkpoint
from contextfs.domain.sessions.model import Message, NewMessage
from contextfs.journeys.capture.clean import Cleaner
from contextfs.local.base.connection import Row
from contextfs.local.folder import stepping
from contextfs.local.sessions.removed.removing import take_out
from contextfs.local.sessions.rows import SQL
from contextfs.local.sessions.store import LocalSessions

COPIED: Final = "gemini"
"""The tool that leaves copies beside its sessions."""

_SAID: Final = ("prompt", "reply")


def is_copy(tool: str, external_id: str | None) -> bool:
    """Tell whether a conversation is a copy, by what its tool calls it."""
    return tool == COPIED and external_id is not None and is_checkpoint(PurePosixPath(external_id).name)


class Copies:
    """The copies in a store, for the length of an import: what each of them says is read once."""

    def __init__(self, sessions: LocalSessions) -> None:
        self._sessions = sessions
        self._base = sessions.store.base
        self._known: dict[tuple[str, int], str] = {}

    def is_told(self, messages: Iterable[NewMessage]) -> bool:
        """Tell whether a session that is here says all that the messages of a copy do."""
        copy = _said(messages, Cleaner(self._sessions.store.policy))
        rows = self._base.all(SQL["named_by_tool"], {"tool": COPIED})
        others = (UUID(row["id"]) for row in rows if not is_copy(COPIED, row["external_id"]))
        return bool(copy) and any(copy in self._of(one) for one in others)

    def is_gone(self, tool: str, external_id: str | None) -> bool:
        """Tell whether a copy that was there a moment ago is not: another import found the session that says it."""
        if external_id is None or not is_copy(tool, external_id):
            return False
        return self._sessions.known(tool, external_id) is None

    def drop_told(self, session_id: UUID) -> list[str]:
        """Take out the copies that a session says all of, with what they alone taught; gives their names.

        One that a server was told of stays: others may see it. One that another process took out is passed over.
        """
        gone: list[str] = []
        here = ""
        for row in self._base.all(SQL["copies"], {"tool": COPIED}):
            if row["told"] is not None or not is_copy(COPIED, row["external_id"]):
                continue
            here = here or self._of(session_id)
            copy = self._said_by(row)
            if copy and copy in here and self._drop(UUID(row["id"]), session_id):
                gone.append(row["external_id"])
        return gone

    def _drop(self, copy_id: UUID, session_id: UUID) -> bool:
        """Take a copy out, unless it is gone, or one of both was changed meanwhile; tells whether it was there."""
        store = self._sessions.store
        store.actor()  # it may ask git, which no one is to wait for
        with self._base.transaction():
            row = self._base.one(SQL["session"], {"id": str(copy_id)})
            copy = self._of(copy_id) if row is not None and row["told"] is None else ""
            if not copy or copy not in self._of(session_id):
                return False
            left = take_out(store, copy_id)
        stepping.finish(self._base, store.place, left)
        return True

    def _said_by(self, row: Row) -> str:
        key = (row["id"], row["version"])
        if key not in self._known:
            self._known[key] = self._of(UUID(row["id"]))
        return self._known[key]

    def _of(self, session_id: UUID) -> str:
        return _said(self._sessions.messages(session_id))


def _said(messages: Iterable[Message | NewMessage], cleaner: Cleaner | None = None) -> str:
    """Write what a person and a model said in turn, without white space: how it was cut into messages is no matter."""
    spoken = (one for one in messages if one.kind in _SAID)
    turns = groupby(spoken, key=lambda one: one.kind)
    return "".join(f"\0{kind}\0{''.join(_words(of, cleaner))}" for kind, of in turns)


def _words(messages: Iterable[Message | NewMessage], cleaner: Cleaner | None) -> Iterator[str]:
    for one in messages:
        yield "".join((cleaner.text(one.content) if cleaner else one.content).split())
