"""`ctx sessions` in the store of this folder."""

from pathlib import Path
from uuid import UUID

from clients.cli.here.background import after_a_change
from clients.cli.here.store import now, opened
from clients.cli.line import options
from clients.cli.line.sure import is_sure
from clients.cli.shown import output
from clients.cli.shown.dialogue import dialogue, head, listing
from contextfs.adapters.transcripts.kept import OWN
from contextfs.domain.sessions.model import Session
from contextfs.kit.errors import NotFound
from contextfs.local import config
from contextfs.local.place import Place
from contextfs.local.records.store import Records
from contextfs.local.sessions.store import LocalSessions, SessionQuery

_LONGEST_TITLE = 60


def listed(place: Place, *, tool: str | None, branch: str | None, since: str | None, limit: int, json: bool) -> None:
    """List sessions, newest first."""
    query = SessionQuery(tool=tool, branch=branch, since=options.since(since, now()), limit=limit)
    with opened(place, look=False, reads=True) as store:
        sessions = LocalSessions(store).page(query)
    if json:
        output.say_json(sessions)
    elif sessions:
        listing(sessions)
    else:
        output.say("No sessions: `ctx import` brings some in, `ctx capture` keeps one.")


def show(place: Place, id: str, *, full: bool, brief: bool, json: bool) -> None:  # noqa: A002 - the argument's name
    """Show a session as a dialogue."""
    with opened(place, look=False, reads=True) as store:
        sessions = LocalSessions(store)
        session = sessions.get(sessions.find(id))
        said = () if brief else [*sessions.messages(session.id)]
        store.base.confirm()
        if json:
            output.say_json({"session": session} | ({} if brief else {"messages": list(said)}))
            return
        head(session, project=config.read(place.config).project.name)
        dialogue(said, full=full)


def record(place: Place, id: str) -> None:  # noqa: A002 - the argument's name
    """Print what the tool wrote of a session, as it is kept here."""
    with opened(place, look=False) as store, Records.opened(place.local) as records:
        sessions = LocalSessions(store)
        session = sessions.get(sessions.find(id))
        kept = records.find(session.tool, Path(session.metadata.get("file") or ""))
        if kept is None:
            raise NotFound("No record of this session is kept here, only its messages.")
        with records.parts(kept) as parts:
            output.say(bytes(parts[OWN][:]).decode("utf-8", "replace").removesuffix("\n"))


def remove(place: Place, id: str, *, memories: bool, yes: bool, json: bool) -> int:  # noqa: A002 - the argument's name
    """Remove a session here, and on the server that knows of it; there first, for a server may refuse."""
    from contextfs.local.sessions.removed import removing  # noqa: PLC0415 - seldom asked for

    with opened(place, look=memories) as store:
        sessions = LocalSessions(store)
        session = sessions.get(sessions.find(id))
        taught = len(removing.taught_alone(store, session.id))
        if not is_sure(_question(session, taught if memories else 0), yes=yes):
            output.note("Nothing was removed.")
            return 1
        was_there = sessions.is_told(session.id) and _removed_there(place, session.id)
        removed = removing.remove(sessions, session.id, memories=memories)
        _forget_record(place, session)
    if json:
        output.say_json({"removed": removed, "server": was_there})
        return 0
    there = " and on the server" if was_there else ""
    with_it = f", with {output.counted(removed.memories, 'memory', 'memories')}" if removed.memories else ""
    output.say(f"Removed here{there}: session {output.short(session.id)}, {_messages(removed.messages)}{with_it}")
    if taught and not memories:
        output.say(
            f"What it taught stays: {output.counted(taught, 'memory', 'memories')} (--memories deletes that, too)."
        )
    if removed.memories:
        after_a_change(place)
    return 0


def _removed_there(place: Place, session_id: UUID) -> bool:
    """Remove a session from the server of a store; False where there is none, or it has no such session any more."""
    settings = config.read(place.config)
    if settings.server is None:
        return False
    from contextfs.client import ContextFS  # noqa: PLC0415 - loaded where a server is asked

    try:
        with ContextFS(settings.server.url, attempts=3) as client:
            client.sessions.delete(session_id)
    except NotFound:
        return False
    return True


def _forget_record(place: Place, session: Session) -> None:
    """Take away what is kept of the tool's own file, where the file is called by the session's name."""
    from contextfs.local.records.store import FILE, Records  # noqa: PLC0415 - as above

    if session.external_id and (place.local / FILE).exists():
        with Records.opened(place.local) as records:
            records.forget_named(session.tool, session.external_id)


def _question(session: Session, memories: int) -> str:
    title = output.one_line(session.title or "(no title)", _LONGEST_TITLE)
    with_it = f", and {output.counted(memories, 'memory', 'memories')} that it alone taught" if memories else ""
    return f"Remove {title!r}, {_messages(session.message_count)}{with_it}, for good?"


def _messages(count: int) -> str:
    return output.counted(count, "message")
