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
        Argument("What was said, in turns: the user, the assistant, the user …; - or a pipe reads standard input."),
    ] = None,
    tool: Annotated[str, Option("--tool", help="The tool that the conversation is with.")] = "ctx",
    title: Annotated[
        str | None, Option("--title", help="A title; without it, the first line that the user says.")
    ] = None,
    id: Annotated[  # noqa: A002 - the option's name
        str | None, Option("--id", help="What the tool calls it: captured again under this id, it is stored once.")
    ] = None,
    role: Annotated[
        Speaker | None, Option("--role", help="Who says all of it, where it does not say so itself.")
    ] = None,
    model: Annotated[str | None, Option("--model", help="The model that answers.")] = None,
    tag: options.Tags = None,
    complete: Annotated[bool, Option("--complete", help="It is over: learn from it.")] = False,
    project: options.Project = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Keep a conversation, whole or its beginning, and print its id. Secrets are taken out before anything is stored.

    Standard input may be a text, which is one message, or JSON lines: {"role": "user", "content": "…"}, and where
    wanted external_id, created_at, model, tokens, tool_calls, metadata.
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
    message: Annotated[list[str] | None, Argument("What was said; - or a pipe reads standard input.")] = None,
    role: Annotated[Speaker | None, Option("--role", help="Who says it; without it, the user.")] = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Add messages to a session; one that was completed is open again. Standard input is read as by `ctx capture`."""
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
    """Close a session, and learn from it. One that is closed stays as it is."""
    place = where.here(server)
    if place is None:
        from clients.cli.there import capturing as there  # noqa: PLC0415 - the one that is meant is loaded

        there.complete(session, json=json)
    else:
        from clients.cli.here import capturing as here  # noqa: PLC0415 - as above

        here.complete(place, session, json=json)
