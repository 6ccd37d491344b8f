"""Take in what was said in the sessions of this store, where it keeps sessions; the tables are those of their room."""

import json
from collections.abc import Callable

from contextfs.local.base.connection import Base, Row
from contextfs.local.search import making
from contextfs.local.search.due import is_any_session_due, languages
from contextfs.local.search.queries import SQL

_SESSIONS = 20
_MESSAGES = 200
_LABEL = ("title", "tool", "branch", "tags", "sensitivity")


def take_in(base: Base, project: str, *, progress: Callable[[str], None]) -> int:
    """Make passages of the messages that have none yet; gives how many sessions were looked at.

    Each step is a short transaction of its own: others write meanwhile, and a cut loses nothing.
    """
    done = 0
    while is_any_session_due(base):
        with base.transaction():
            for row in base.all(SQL["dirty_sessions"], {"limit": _SESSIONS}):
                if not _look_at(base, row["session_id"], project):
                    break
                done += 1
        progress(f"{done:,} sessions taken in …")
    return done


def _look_at(base: Base, session_id: str, project: str) -> bool:
    """Look at one session; False when it has so many new messages that it is not done yet."""
    session = base.one(SQL["session"], {"id": session_id})
    if session is None:
        base.run(SQL["clear_session"], {"session_id": session_id})
        base.run(SQL["forget_label"], {"session_id": session_id})
        base.run(SQL["clean_session"], {"session_id": session_id})
        return True
    speakers = [row["speaker"] for row in base.all(SQL["speakers"], {"session_id": session_id})]
    _match_label(base, session, project, speakers)
    place = (base.one(SQL["next_place"], {"session_id": session_id}) or {"place": 0})["place"]
    known = languages(base)
    fresh = base.all(SQL["unindexed_messages"], {"session_id": session_id, "limit": _MESSAGES})
    for message in fresh:
        place += making.add(base, making.of_message(message, session, project, known, place=place, speakers=speakers))
    if len(fresh) == _MESSAGES:
        return False
    base.run(SQL["clean_session"], {"session_id": session_id})
    return True


def _match_label(base: Base, session: Row, project: str, speakers: list[str]) -> None:
    """Clear the passages of a session that are to be made anew.

    Its title or facets changed, which stand in each of its passages; somebody new speaks in it, whose name is left out
    of what is embedded; or its messages stand in another order, for some are gone or came late.
    """
    at = {"session_id": session["id"]}
    label = json.dumps([project, *(session.get(name) for name in _LABEL), speakers])
    known = base.one(SQL["label"], at)
    if known is None or known["label"] != label:
        base.run(SQL["clear_session"], at)
        base.run(SQL["set_label"], at | {"label": label, "speakers": json.dumps(speakers)})
    elif (base.one(SQL["is_out_of_order"], at) or {"is_so": 0})["is_so"]:
        base.run(SQL["clear_session"], at)
