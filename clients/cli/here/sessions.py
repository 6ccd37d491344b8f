"""`ctx sessions` in the store of this folder."""

from pathlib import Path

from clients.cli import options, output
from clients.cli.dialogue import dialogue, head, listing
from clients.cli.here.store import now, opened
from contextfs.adapters.transcripts.kept import OWN
from contextfs.kit.errors import NotFound
from contextfs.local import config
from contextfs.local.place import Place
from contextfs.local.records.store import Records
from contextfs.local.sessions.store import LocalSessions, SessionQuery


def listed(place: Place, *, tool: str | None, branch: str | None, since: str | None, limit: int, json: bool) -> None:
    """List sessions, newest first."""
    query = SessionQuery(tool=tool, branch=branch, since=options.since(since, now()), limit=limit)
    with opened(place, look=False) as store:
        sessions = LocalSessions(store).page(query)
    if json:
        output.say_json(sessions)
    elif sessions:
        listing(sessions)
    else:
        output.say("No sessions: `ctx import` brings some in, `ctx capture` keeps one.")


def show(place: Place, id: str, *, full: bool, brief: bool, json: bool) -> None:  # noqa: A002 - the argument's name
    """Show a session as a dialogue."""
    with opened(place, look=False) as store:
        sessions = LocalSessions(store)
        session = sessions.get(sessions.find(id))
        said = () if brief else sessions.messages(session.id)
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
            raise NotFound("Of this session no record is kept here: only its messages are.")
        with records.parts(kept) as parts:
            output.say(bytes(parts[OWN][:]).decode("utf-8", "replace").removesuffix("\n"))
