"""Sessions and messages as rows of the local database, and back."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from contextfs.domain.sessions.model import Git, Message, NewSession, Session, ToolCall
from contextfs.kit.sql import load
from contextfs.local.base.connection import Row
from contextfs.local.config import Level, Sharing
from contextfs.local.sync.sharing import level_of_session

SQL: Final = load("contextfs.local.sessions", "sqlite.sql")

_calls = msgspec.json.Decoder(list[ToolCall])
_PLAIN: Final = ("tool", "external_id", "title", "status", "model", "message_count", "input_tokens", "output_tokens")


def session_in(row: Row, project_id: UUID, level: Level) -> Session:
    """Give the session of a row; `level` tells who may see it."""
    return Session(
        **{name: row[name] for name in (*_PLAIN, "sensitivity")},
        id=UUID(row["id"]),
        project_id=project_id,
        user_id=UUID(row["user_id"]) if row["user_id"] else None,
        git=git_in(row),
        visibility=level,
        tags=msgspec.json.decode(row["tags"]),
        annotations=msgspec.json.decode(row["annotations"]),
        metadata=msgspec.json.decode(row["metadata"]),
        started_at=moment(row["started_at"]),
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        ended_at=moment(row["ended_at"]) if row["ended_at"] else None,
    )


def level_in(row: Row, sharing: Sharing) -> Level:
    """Tell who may see the session of a row: whom somebody chose, else whom the rules name."""
    tags: list[str] = msgspec.json.decode(row["tags"])
    by_rule = level_of_session(sharing, tool=row["tool"], branch=row["branch"], cwd=row["cwd"], tags=tags)
    return row["chosen"] or by_rule


def git_in(row: Row) -> Git:
    """Give where in a repository the session of a row took place."""
    return Git(remote=row["remote"], branch=row["branch"], commit=row["commit_id"], cwd=row["cwd"])


def message_in(row: Row) -> Message:
    """Give the message of a row."""
    return Message(
        **{name: row[name] for name in ("external_id", "role", "kind", "content", "model", "tokens")},
        id=UUID(row["id"]),
        session_id=UUID(row["session_id"]),
        tool_calls=_calls.decode(row["tool_calls"]),
        metadata=msgspec.json.decode(row["metadata"]),
        created_at=moment(row["created_at"]),
    )


def row_of_new(new: NewSession, session_id: UUID, now: datetime) -> Row:
    """Give the row of a session that begins here."""
    return _facets(new.git) | {
        "id": str(session_id),
        "tool": new.tool,
        "external_id": new.external_id or str(session_id),
        "title": new.title,
        "status": "open",
        "user_id": None,
        "model": new.model,
        "input_tokens": new.input_tokens,
        "output_tokens": new.output_tokens,
        "sensitivity": new.sensitivity,
        "tags": as_json(new.tags),
        "annotations": as_json(new.annotations),
        "metadata": as_json(new.metadata),
        "started_at": text(new.started_at or now),
        "ended_at": None,
        "created_at": text(now),
        "updated_at": text(now),
        "chosen": None,
        "own": True,
        "told": None,
    }


def row_of(session: Session) -> Row:
    """Give the row of a session that came from elsewhere."""
    return _facets(session.git) | {
        "id": str(session.id),
        "tool": session.tool,
        "external_id": session.external_id,
        "title": session.title,
        "status": session.status,
        "user_id": str(session.user_id) if session.user_id else None,
        "model": session.model,
        "input_tokens": session.input_tokens,
        "output_tokens": session.output_tokens,
        "sensitivity": session.sensitivity,
        "tags": as_json(session.tags),
        "annotations": as_json(session.annotations),
        "metadata": as_json(session.metadata),
        "started_at": text(session.started_at),
        "ended_at": text(session.ended_at) if session.ended_at else None,
        "created_at": text(session.created_at),
        "updated_at": text(session.updated_at),
    }


def row_of_message(message: Message, *, sent: bool) -> Row:
    """Give the row of a message."""
    return {
        "id": str(message.id),
        "session_id": str(message.session_id),
        "external_id": message.external_id,
        "role": message.role,
        "kind": message.kind,
        "content": message.content,
        "tool_calls": as_json(message.tool_calls),
        "model": message.model,
        "tokens": message.tokens,
        "metadata": as_json(message.metadata),
        "created_at": text(message.created_at),
        "sent": sent,
    }


def text(moment: datetime) -> str:
    """Write a time so that texts sort as the times do."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def moment(text: str) -> datetime:
    """Read a time."""
    return datetime.fromisoformat(text)


def as_json(value: Any) -> str:
    """Write a list or an object."""
    return msgspec.json.encode(value).decode()


def _facets(git: Git) -> Row:
    return {"remote": git.remote, "branch": git.branch, "commit_id": git.commit, "cwd": git.cwd}
