"""Conversations to store: what was said, as a program hands it in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from clients.cli.here.importing import keep_all
from clients.cli.here.records import reading
from clients.cli.taking.reading import Tally
from contextfs.adapters.transcripts import files, reader
from contextfs.domain.sessions.model import NewMessage, NewSession, Role
from contextfs.local.sessions import learning
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DECIDED = "We decided to use Postgres for the queue instead of Redis."
TRANSCRIPTS = Path(__file__).parents[3] / "data" / "transcripts" / "claude-code"


def said(*contents: str, first: int = 0) -> list[NewMessage]:
    """Give turns, a minute apart, each known by its place."""
    roles: tuple[Role, Role] = ("user", "assistant")
    return [
        NewMessage(
            role=roles[place % 2], content=content, external_id=f"m{place}", created_at=AT + timedelta(minutes=place)
        )
        for place, content in enumerate(contents, start=first)
    ]


def session(*contents: str, name: str | None = "s1", **about: Any) -> NewSession:
    """Give a session with such turns."""
    given: dict[str, Any] = {"tool": "test", "started_at": AT} | about
    return NewSession(project_id=PROJECT, external_id=name, messages=said(*contents), **given)


def kept(store: LocalStore, *contents: str, name: str = "s1", **about: Any) -> UUID:
    """Store a session, close it, and learn from it."""
    sessions = LocalSessions(store)
    session_id = sessions.capture(session(*contents, name=name, **about)).session.id
    sessions.complete(session_id)
    learning.learn(sessions, session_id)
    learning.finish(sessions)
    return session_id


def brought(store: LocalStore, folder: Path = TRANSCRIPTS) -> Tally:
    """Import real transcripts, as `ctx import` does."""
    tally = Tally()
    sessions = LocalSessions(store)
    paths = list(files.walk(folder, reader("claude-code").PATTERNS))
    with reading(store, {"claude-code": paths}, tally, ()) as found:
        for _ in keep_all(sessions, found, tally):
            pass
    learning.finish(sessions)
    return tally
