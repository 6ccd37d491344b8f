"""`ctx sessions` on a server."""

from datetime import UTC, datetime
from itertools import islice

from clients.cli.line import options
from clients.cli.line.sure import is_sure
from clients.cli.shown import output
from clients.cli.shown.dialogue import dialogue, head, listing
from clients.cli.there import server
from contextfs.kit.errors import NotFound

_LONGEST_TITLE = 60
_MOST_IN_A_PAGE = 200


def listed(
    *, tool: str | None, branch: str | None, since: str | None, project: str | None, limit: int, json: bool
) -> None:
    """List sessions, newest first."""
    after = options.since(since, datetime.now(UTC))
    with server.opened() as client:
        found = client.sessions.list(
            project_id=None if project is None else server.project_id(client, project),
            tool=tool,
            branch=branch,
            since=after,
            page_size=min(limit, _MOST_IN_A_PAGE),
        )
        sessions = list(islice(found, limit))
    if json:
        output.say_json(sessions)
    elif sessions:
        listing(sessions)
    else:
        is_narrowed = any((tool, branch, since, project))
        output.say("No sessions fit these." if is_narrowed else "No sessions yet: `ctx import` imports some.")


def show(id: str, *, full: bool, brief: bool, json: bool) -> None:  # noqa: A002 - the argument's name
    """Show a session as a dialogue."""
    with server.opened() as client:
        session_id = server.whole_id(id, client.sessions.list(page_size=_MOST_IN_A_PAGE), "session")
        session = client.sessions.get(session_id)
        said = () if brief else client.sessions.messages(session_id, page_size=_MOST_IN_A_PAGE)
        if json:
            output.say_json({"session": session} | ({} if brief else {"messages": list(said)}))
            return
        head(session, project=client.projects.get(session.project_id).name)
        dialogue(said, full=full)


def record(id: str) -> None:  # noqa: A002 - the argument's name
    """Print what the tool wrote of a session."""
    with server.opened() as client:
        session_id = server.whole_id(id, client.sessions.list(page_size=_MOST_IN_A_PAGE), "session")
        if not client.sessions.record(session_id).chunks:
            raise NotFound("No record of this session is kept on the server, only its messages.")
        for line in client.sessions.record_lines(session_id):
            output.say(line)


def remove(id: str, *, yes: bool, json: bool) -> int:  # noqa: A002 - the argument's name
    """Remove a session; what was learned from it stays."""
    with server.opened() as client:
        session_id = server.whole_id(id, client.sessions.list(page_size=_MOST_IN_A_PAGE), "session")
        session = client.sessions.get(session_id)
        messages = output.counted(session.message_count, "message")
        title = output.one_line(session.title or "(no title)", _LONGEST_TITLE)
        if not is_sure(f"Remove {title!r}, {messages}, from the server for good?", yes=yes):
            output.note("Nothing was removed.")
            return 1
        client.sessions.delete(session_id)
    if json:
        output.say_json({"session_id": session_id, "messages": session.message_count})
    else:
        output.say(f"Removed: session {output.short(session_id)}, {messages}. What it taught stays.")
    return 0
