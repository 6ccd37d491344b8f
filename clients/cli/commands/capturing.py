"""`ctx capture`, `ctx append` and `ctx complete`: a conversation is kept while it goes on."""

from enum import StrEnum
from typing import Annotated

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Argument, Option


class Speaker(StrEnum):
    """Who says something."""

    user = "user"
    assistant = "assistant"
    system = "system"
    tool = "tool"


Session = Annotated[str, Argument("The session's id, or some of its first or last digits.")]


def capture(
    message: Annotated[
        list[str] | None,
        Argument("The messages in turn: user, assistant, user …; - or a pipe reads standard input."),
    ] = None,
    tool: Annotated[str, Option("--tool", help="The tool that the conversation is with.")] = "ctx",
    title: Annotated[
        str | None, Option("--title", help="A title; by default the first line that the user says.")
    ] = None,
    id: Annotated[  # noqa: A002 - the option's name
        str | None, Option("--id", help="The tool's own id: capturing it again under this id stores it once.")
    ] = None,
    role: Annotated[Speaker | None, Option("--role", help="Who says it, if the input does not say so.")] = None,
    model: Annotated[str | None, Option("--model", help="The model that answers.")] = None,
    tag: options.Tags = None,
    complete: Annotated[bool, Option("--complete", help="The conversation is over: learn from it.")] = False,
    project: options.Project = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Store a conversation, or its beginning, and print its id. Secrets are taken out before anything is stored.

    Standard input is a text, which is one message, or JSON lines: {"role": "user", "content": "…"}, with optional
    external_id, created_at, model, tokens, tool_calls, metadata.
    """
    from clients.cli.line.spoken import spoken  # noqa: PLC0415 - help needs no nouns

    said = spoken(message or (), None if role is None else role.value)
    place = where.here(server or project is not None, "one")
    about = {"title": title, "model": model, "tags": tag or []}
    if place is None:
        from clients.cli.there import capturing as there  # noqa: PLC0415 - the one that is meant is loaded

        there.capture(said, tool=tool, external_id=id, complete=complete, project=project, json=json, **about)
    else:
        from clients.cli.here import capturing as here  # noqa: PLC0415 - as above

        here.capture(place, said, tool=tool, external_id=id, complete=complete, json=json, **about)


def append(
    session: Session,
    message: Annotated[list[str] | None, Argument("The messages; - or a pipe reads standard input.")] = None,
    role: Annotated[Speaker | None, Option("--role", help="Who says it; by default the user.")] = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Add messages to a session; a completed one opens again. Standard input is read as in `ctx capture`."""
    from clients.cli.line.spoken import spoken  # noqa: PLC0415 - help needs no nouns

    said = spoken(message or (), None if role is None and len(message or ()) > 1 else (role or Speaker.user).value)
    place = where.here(server)
    if place is None:
        from clients.cli.there import capturing as there  # noqa: PLC0415 - the one that is meant is loaded

        there.append(session, said, json=json)
    else:
        from clients.cli.here import capturing as here  # noqa: PLC0415 - as above

        here.append(place, session, said, json=json)


def complete(session: Session, server: where.Server = False, json: options.Json = False) -> None:
    """Close a session, and learn from it. A closed session stays as it is."""
    place = where.here(server)
    if place is None:
        from clients.cli.there import capturing as there  # noqa: PLC0415 - the one that is meant is loaded

        there.complete(session, json=json)
    else:
        from clients.cli.here import capturing as here  # noqa: PLC0415 - as above

        here.complete(place, session, json=json)
