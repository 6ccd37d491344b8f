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
from contextfs.local.sessions.removed.removing import take_out
from contextfs.local.sessions.rows import SQL
from contextfs.local.sessions.store import LocalSessions

COPIED: Final = "gemini"
"""The tool that leaves copies beside its sessions."""

_SAID: Final = ("prompt", "reply")


def is_copy(tool: str, external_id: str | None) -> bool:
    """Tell whether a conversation is a copy, by what its tool calls it."""
    return tool == COPIED and external_id is not None and is_checkpoint(PurePosixPath(external_id).name)


def is_told(sessions: LocalSessions, messages: Iterable[NewMessage]) -> bool:
    """Tell whether a session that is here says all that the messages of a copy do."""
    copy = _said(messages, Cleaner(sessions.store.policy))
    return bool(copy) and any(copy in _said(sessions.messages(one)) for one in _ids(sessions, copies=False))


def drop_told(sessions: LocalSessions, session_id: UUID) -> list[str]:
    """Take out the copies that a session says all of, with what they alone taught; gives what their tool calls them.

    One that a server was told of stays: others may see it.
    """
    gone: list[str] = []
    here = ""
    for copy_id in _ids(sessions, copies=True):
        copy = "" if sessions.is_told(copy_id) else _said(sessions.messages(copy_id))
        here = here or _said(sessions.messages(session_id))
        if copy and copy in here:
            gone.append(sessions.get(copy_id).external_id or str(copy_id))
            take_out(sessions, copy_id)
    return gone


def _ids(sessions: LocalSessions, *, copies: bool) -> list[UUID]:
    rows = sessions.store.base.all(SQL["named_by_tool"], {"tool": COPIED})
    return [UUID(row["id"]) for row in rows if is_copy(COPIED, row["external_id"]) == copies]


def _said(messages: Iterable[Message | NewMessage], cleaner: Cleaner | None = None) -> str:
    """Write what a person and a model said in turn, without white space: how it was cut into messages is no matter."""
    spoken = (one for one in messages if one.kind in _SAID)
    turns = groupby(spoken, key=lambda one: one.kind)
    return "".join(f"\0{kind}\0{''.join(_words(of, cleaner))}" for kind, of in turns)


def _words(messages: Iterable[Message | NewMessage], cleaner: Cleaner | None) -> Iterator[str]:
    for one in messages:
        yield "".join((cleaner.text(one.content) if cleaner else one.content).split())
