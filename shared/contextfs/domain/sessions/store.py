"""Questions and commands about sessions and messages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.sessions.model import Git, Message, NewSession, Session, SessionChange, Status
from contextfs.domain.sessions.rules import grown
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Row, Statement, Transaction
from contextfs.kit.principal import Principal
from contextfs.kit.redaction_rule import Choice
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.sessions")
_LIST, _MESSAGES = "sessions", "messages"


class SessionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions a list shows; what is None does not matter."""

    project_id: UUID | None = None
    tool: str | None = None
    status: Status | None = None
    branch: str | None = None
    tag: str | None = None
    since: datetime | None = None


class Held(NamedTuple):
    """A session that this transaction holds, and what was chosen to be taken out of it beside secrets."""

    session: Session
    choice: Choice


def insert(tx: Transaction, by: Principal, session_id: UUID, new: NewSession, now: datetime) -> Session | None:
    """Create a session; None when its external id, or its id, is stored already, NotFound when the project is not."""
    row = tx.one(
        _SQL["insert"],
        _new(new)
        | {
            "org_id": by.org_id,
            "id": session_id,
            "user_id": by.user_id,
            "created_by": by.user_id or by.actor_id,
            "started_at": new.started_at or now,
            "now": now,
        },
    )
    return None if row is None else _session(row)


def getting(session_id: UUID) -> Statement:
    """Give the statement that reads a session."""
    return _SQL["get"], {"id": session_id}


def get(tx: Transaction, session_id: UUID) -> Session:
    """Read a session; NotFound when there is none to see."""
    return _session(tx.one(*getting(session_id)))


def holding(session_id: UUID) -> Statement:
    """Give the statement that takes a session."""
    return _SQL["lock"], {"id": session_id}


def hold(tx: Transaction, session_id: UUID) -> Held:
    """Take a session, and hold it against other changes; NotFound when there is none to see."""
    row = tx.one(*holding(session_id))
    return Held(_session(row), Choice.of(row))


def get_external(tx: Transaction, project_id: UUID, tool: str, external_id: str | None) -> Session:
    """Read a session by the id that its tool gave it."""
    place = {"project_id": project_id, "tool": tool, "external_id": external_id}
    return _session(tx.one(_SQL["get_external"], place))


def page(tx: Transaction, wanted: SessionFilter, *, limit: int, cursor: str | None) -> Page[Session]:
    """Read a page of sessions, newest first."""
    rows = tx.all(_SQL["page"], msgspec.structs.asdict(wanted) | bounds(cursor, limit, _LIST))
    return cut([_session(row) for row in rows], limit, lambda session: Position(session.started_at, session.id), _LIST)


def update(tx: Transaction, session: Session, change: SessionChange, now: datetime) -> Session:
    """Change a session."""
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
    changed = msgspec.structs.asdict(msgspec.structs.replace(session, **given))
    texts = {name: _json(changed[name]) for name in ("annotations", "metadata")}
    return _session(tx.one(_SQL["update"], changed | texts | {"now": now}))


def complete(tx: Transaction, session_id: UUID, ended_at: datetime, now: datetime) -> Session:
    """Close a session."""
    return _session(tx.one(_SQL["complete"], {"id": session_id, "ended_at": ended_at, "now": now}))


def delete(tx: Transaction, session_id: UUID) -> None:
    """Delete a session with its messages."""
    tx.run(_SQL["delete"], {"id": session_id})


def append(
    tx: Transaction, org_id: UUID, session: Session, messages: Sequence[Message], *, title: str | None, now: datetime
) -> tuple[Session, frozenset[UUID]]:
    """Store messages that are not stored yet; a session without a title takes this one.

    Gives the session, which counts them, and the ids of those that were stored.
    """
    coming = {
        "org_id": org_id,
        "project_id": session.project_id,
        "session_id": session.id,
        "messages": _json(messages),
        "title": title,
        "now": now,
    }
    row = tx.one(_SQL["append"], coming)
    return (session, frozenset()) if row is None else (_session(row), frozenset(row["added"]))


def appending(
    session_id: UUID, messages: Sequence[Message], *, is_known: bool, title: str | None, now: datetime
) -> Statement:
    """Give the statement that stores messages that cannot be stored yet, in a session that its transaction holds.

    Unless it `is_known` what was to be taken out of them, it stores none where anything was chosen.
    """
    return _SQL["append_new"], {
        "session_id": session_id,
        "messages": _json(messages),
        "coming": len(messages),
        "title": title,
        "is_known": is_known,
        "now": now,
    }


def append_new(tx: Transaction, session: Session, appending: Statement) -> Session:
    """Store messages by such a statement, in a session that is held; gives the session.

    Nobody waits for it: what they make of the session is known.
    """
    tx.soon(*appending)
    told = appending[1] or {}
    return grown(session, told["coming"], title=told["title"], now=told["now"])


def revise(tx: Transaction, session_id: UUID, messages: Sequence[Message], now: datetime) -> None:
    """Bring messages to how they are read now; what they said before is kept."""
    tx.run(_SQL["revise"], {"session_id": session_id, "messages": _json(messages), "now": now})


def ever_left_behind(tx: Transaction, session_id: UUID) -> bool:
    """Tell whether a message of a session is left behind, or was before."""
    row = tx.one(_SQL["ever_left_behind"], {"session_id": session_id})
    return row is not None and row["is_so"]


def left_behind(tx: Transaction, messages: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Tell which messages, each named by the ids of its session and of itself, were left behind, as far as can be seen.

    What names another session than its own is not one of them.
    """
    asked = set(messages)
    if not asked:
        return frozenset()
    named = {"sessions": [UUID(one) for one, _ in asked], "ids": [UUID(one) for _, one in asked]}
    rows = tx.all(_SQL["left_behind"], named)
    return frozenset((str(row["session_id"]), str(row["id"])) for row in rows) & asked


def messages(tx: Transaction, session_id: UUID, *, limit: int, cursor: str | None) -> Page[Message]:
    """Read a page of a session's messages, in their order."""
    rows = tx.all(_SQL["messages"], bounds(cursor, limit, _MESSAGES) | {"session_id": session_id})
    items = [msgspec.convert(row, Message) for row in rows]
    return cut(items, limit, lambda message: Position(message.created_at, message.id), _MESSAGES)


def all_messages(tx: Transaction, session_id: UUID) -> list[Message]:
    """Read all messages of a session, in their order."""
    parameters = {"session_id": session_id, "at": None, "after": None, "limit": None}
    return [msgspec.convert(row, Message) for row in tx.all(_SQL["messages"], parameters)]


def author(tx: Transaction, session_id: UUID) -> UUID | None:
    """Tell whose a session is; None when there is none to see."""
    row = tx.one(_SQL["author"], {"id": session_id})
    return row["created_by"] if row else None


class Idle(NamedTuple):
    """An open session of any organization that nothing came to for a while, and since when."""

    org_id: UUID
    project_id: UUID
    id: UUID
    created_by: UUID
    created_at: datetime
    updated_at: datetime


def idle(tx: Transaction, before: datetime, *, behind: Idle, limit: int) -> list[Idle]:
    """Give open sessions that nothing came to since a time, behind one of them: the oldest first."""
    place = {"at": behind.created_at, "after": behind.id}
    return [Idle(**row) for row in tx.all(_SQL["idle"], place | {"before": before, "limit": limit})]


def last_message_at(tx: Transaction, session_id: UUID) -> datetime | None:
    """Tell when the last message of a session was written."""
    row = tx.one(_SQL["last_message_at"], {"session_id": session_id})
    return row["at"] if row else None


def _new(new: NewSession) -> dict[str, Any]:
    plain = msgspec.structs.asdict(new)
    git = msgspec.structs.asdict(new.git)
    return plain | git | {"annotations": _json(new.annotations), "metadata": _json(new.metadata)}


def _session(row: Row | None) -> Session:
    if row is None:
        raise NotFound("There is no such session, or it is not yours to see.")
    git = Git(remote=row["git_remote"], branch=row["git_branch"], commit=row["git_commit"], cwd=row["cwd"])
    return Session(git=git, **{name: row[name] for name in Session.__struct_fields__ if name != "git"})


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
