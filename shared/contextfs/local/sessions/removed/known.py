"""Which sessions a person removed here, so that they are known again when they are met anew."""

from datetime import datetime
from uuid import UUID

from contextfs.domain.sessions.model import Session
from contextfs.kit.sql import load
from contextfs.local.base.connection import Base
from contextfs.local.sessions.rows import text

_SQL = load("contextfs.local.sessions.removed", "sqlite.sql")


def remember(base: Base, session: Session, now: datetime) -> None:
    """Note that a session was removed."""
    about = {"id": str(session.id), "tool": session.tool, "external_id": session.external_id}
    base.run(_SQL["remember"], about | {"removed_at": text(now)})


def is_removed(base: Base, session_id: UUID | None, tool: str, external_id: str | None) -> bool:
    """Tell whether somebody removed a session here, known by its id or by its tool's id for it."""
    values = {"id": None if session_id is None else str(session_id), "tool": tool, "external_id": external_id}
    return base.one(_SQL["is_removed"], values) is not None
