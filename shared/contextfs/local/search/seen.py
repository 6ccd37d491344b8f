"""Who may see what was said in a local store: the settings and what a person chose tell, whenever it is asked for."""

from collections.abc import Sequence

from contextfs.local.base.connection import Base
from contextfs.local.config import Sharing
from contextfs.local.search.due import keeps_sessions
from contextfs.local.search.queries import SQL
from contextfs.local.sessions.rows import level_in


def levels(base: Base, sharing: Sharing) -> dict[str, str]:
    """Tell who may see each session."""
    if not keeps_sessions(base):
        return {}
    return {row["id"]: level_in(row, sharing) for row in base.all(SQL["sessions_seen"])}


def sessions_of(base: Base, visibilities: Sequence[str], sharing: Sharing) -> list[str]:
    """Give the ids of the sessions that have one of some visibilities."""
    return [one for one, level in levels(base, sharing).items() if level in visibilities]
