"""`ctx sessions`: conversations, one by one."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

from clients.cli import options, output
from clients.cli.command import Argument, Group, Option
from clients.cli.there import server
from contextfs.client import Message, Session

_MOST_IN_A_PAGE = 200

app = Group("List and show conversations.")


@app.command("list")
def list_(
    tool: Annotated[str | None, Option("--tool", help="Only of this tool.")] = None,
    branch: Annotated[str | None, Option("--branch", help="Only of this git branch.")] = None,
    since: options.Since = None,
    project: options.Project = None,
    limit: options.Limit = 20,
    json: options.Json = False,
) -> None:
    """List sessions, newest first."""
    after = options.since(since, datetime.now(UTC))
    with server.opened() as client:
        listing = client.sessions.list(
            project_id=None if project is None else server.project_id(client, project),
            tool=tool,
            branch=branch,
            since=after,
            page_size=min(limit, _MOST_IN_A_PAGE),
        )
        sessions = list(islice(listing, limit))
    if json:
        output.say_json(sessions)
    elif sessions:
        rows = [
            [
                output.short(one.id),
                output.minute(one.started_at),
                one.tool,
                f"{one.message_count:,}",
                output.one_line(one.title),
            ]
            for one in sessions
        ]
        output.table(["id", "began", "tool", "messages", "title"], rows)
    else:
        output.say("No sessions yet: `ctx import` brings some in.")


@app.command()
def show(
    id: Annotated[str, Argument(help="The session's id, or some of its first or last digits.")],  # noqa: A002 - the argument's name
    messages: Annotated[bool, Option("--messages", help="With all that was said.")] = False,
    json: options.Json = False,
) -> None:
    """Show a session, with its messages if wanted."""
    with server.opened() as client:
        session_id = server.whole_id(id, client.sessions.list(page_size=_MOST_IN_A_PAGE), "session")
        session = client.sessions.get(session_id)
        said = client.sessions.messages(session_id, page_size=_MOST_IN_A_PAGE) if messages else ()
        if json:
            output.say_json({"session": session} | ({"messages": list(said)} if messages else {}))
        else:
            _print(session, client.projects.get(session.project_id).name)
            _print_messages(said)


def _print(session: Session, project: str) -> None:
    output.say(output.bold(output.one_line(session.title or "(no title)")))
    output.block(
        [
            ("id", str(session.id)),
            ("project", project),
            ("tool", " ".join(part for part in (session.tool, session.model) if part)),
            ("status", session.status),
            ("time", f"{output.minute(session.started_at)} – {output.minute(session.ended_at)}"),
            ("messages", f"{session.message_count:,}"),
            ("tokens", f"{session.input_tokens:,} in, {session.output_tokens:,} out"),
            ("branch", output.printable(session.git.branch or "")),
            ("folder", output.printable(session.git.cwd or "")),
            ("tags", " ".join(session.tags)),
            ("at its tool", output.printable(session.external_id or "")),
        ]
    )


def _print_messages(messages: Iterable[Message]) -> None:
    for message in messages:
        kind = "" if message.kind in {"prompt", "reply"} else f" ({message.kind})"
        output.say()
        output.say(output.bold(f"{output.minute(message.created_at)}  {message.role}{kind}"))
        if message.content:
            output.say(output.printable(message.content))
        for call in message.tool_calls:
            output.say(output.dim(f"→ {output.one_line(call.name)} {output.one_line(str(call.input), 200)}"))
