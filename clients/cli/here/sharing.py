"""`ctx share` and `ctx unshare` in the store of this folder."""

from collections.abc import Callable
from uuid import UUID

from clients.cli.here import memory
from clients.cli.here.background import after_a_change
from clients.cli.here.store import opened
from clients.cli.shown import output
from contextfs.kit.errors import Invalid, NotFound
from contextfs.local.config import Level
from contextfs.local.place import Place
from contextfs.local.sessions import learning
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore


def show_to(place: Place, id: str, level: Level, *, json: bool) -> None:  # noqa: A002 - the argument's name
    """Let others see a memory or a session, or keep it from them."""
    with opened(place) as store:
        session_id = _session(store, id)
        if session_id is not None:
            _show_session(LocalSessions(store), session_id, level, json=json)
    if session_id is None:
        memory.show_to(place, id, level, json=json)
    else:
        after_a_change(place)


def _session(store: LocalStore, id: str) -> UUID | None:  # noqa: A002 - the argument's name
    """Give the session that is meant; None where it is a memory, NotFound where neither is, Invalid where both are."""
    session, known = _found(LocalSessions(store).find, id), _found(store.find, id)
    if session is None and known is None:
        raise NotFound(f"There is no memory or session here whose id starts or ends with {id}.")
    if session is not None and known is not None:
        raise Invalid(f"A memory and a session have ids that start or end with {id}: give more digits.")
    return session


def _found(find: Callable[[str], UUID], id: str) -> UUID | None:  # noqa: A002 - the argument's name
    try:
        return find(id)
    except NotFound:
        return None


def _show_session(sessions: LocalSessions, session_id: UUID, level: Level, *, json: bool) -> None:
    was = sessions.get(session_id).visibility
    sessions.choose(session_id, level)
    followed = learning.follow(sessions, session_id, level)
    learning.finish(sessions)
    session = sessions.get(session_id)
    if json:
        output.say_json({"session": session, "memories": followed})
        return
    done = "As it was" if was == session.visibility else "Private now" if level == "private" else "Shared now"
    output.say(f"{done}: session {output.short(session_id)}  {output.one_line(session.title)}")
    if followed:
        output.say(f"With it: {output.counted(followed, 'memory', 'memories')} learned from it.")
