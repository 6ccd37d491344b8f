"""`ctx capture`, `ctx append` and `ctx complete` on a server."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ContextFS, NewMessage, SessionWritten
from contextfs.client.capture import batches
from contextfs.kit.errors import Invalid

_MOST_IN_A_PAGE = 200


def capture(
    said: Sequence[NewMessage],
    *,
    tool: str,
    external_id: str | None,
    complete: bool,
    project: str | None,
    json: bool,
    **about: Any,
) -> None:
    """Keep a conversation, and print its id."""
    with server.opened() as client:
        into = server.project_id(client, project)
        if external_id is not None:
            captured = client.sessions.capture(tool, external_id, said, project_id=into, complete=complete, **about)
            session, receipt = captured.session, captured.receipt
        else:
            first, *rest = [*batches(said)] or [[]]
            written = client.sessions.create(tool, project_id=into, messages=first, **about)
            receipt = written.receipt
            for batch in rest:
                written = client.sessions.append(written.session.id, batch)
            session = client.sessions.complete(written.session.id).session if complete else written.session
    if json:
        output.say_json({"session": session, "receipt": receipt})
        return
    output.say(str(session.id))
    output.note(f"Captured: {output.counted(session.message_count, 'message')}")


def append(session: str, said: Sequence[NewMessage], *, json: bool) -> None:
    """Add messages to a session."""
    if not said:
        raise Invalid("There is nothing to append: give a text.")
    with server.opened() as client:
        session_id = _named(client, session)
        written = [client.sessions.append(session_id, batch) for batch in batches(said)]
    if json:
        output.say_json(written[-1])
    else:
        _print_grown(written)


def complete(session: str, *, json: bool) -> None:
    """Close a session; the server learns from it."""
    with server.opened() as client:
        written = client.sessions.complete(_named(client, session))
    if json:
        output.say_json(written)
    else:
        output.say(f"Completed: session {output.short(written.session.id)}")


def _named(client: ContextFS, session: str) -> UUID:
    return server.whole_id(session, client.sessions.list(page_size=_MOST_IN_A_PAGE), "session")


def _print_grown(written: Sequence[SessionWritten]) -> None:
    session = written[-1].session
    added = sum(one.receipt.stored for one in written)
    output.say(
        f"Appended: {output.counted(added, 'message')} to session {output.short(session.id)}, "
        f"which has {session.message_count:,}"
    )
