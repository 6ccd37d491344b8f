"""`ctx memory`: what is known, one by one."""

import sys
from typing import Annotated, Any

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Argument, Group, Misused, Option
from contextfs.kit.errors import Invalid
from contextfs.kit.fields import Visibility

Id = Annotated[str, Argument("The memory's id, or some of its first or last digits.")]
Title = Annotated[str | None, Option("--title", help="A title.")]

app = Group("Add, list, show and change memories.")


@app.command()
def add(
    text: Annotated[str, Argument("The text of the memory; - reads standard input.")],
    type: options.Type = None,  # noqa: A002 - the option's name
    tag: options.Tags = None,
    title: Title = None,
    pin: Annotated[bool, Option("--pin", help="Put it into every context pack of the project.")] = False,
    private: Annotated[
        bool, Option("--private", help="Only for you: it is not pushed, and git ignores its file.")
    ] = False,
    project: options.Project = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Add a memory; the same text in the same project is not stored twice.

    Without --type it is a fact, unless the same is known with another type.
    """
    said = _text(text)
    found = where.here(server or project is not None, "one")
    new: dict[str, Any] = {"tags": tag or [], "title": title, "pinned": pin}
    if kind := options.word(type, "--type"):
        new["type"] = kind
    visibility: Visibility = "private" if private else "project"
    if found is None:
        from clients.cli.there import memory as there  # noqa: PLC0415 - the one that is meant is loaded

        there.add(said, project=project, json=json, visibility=visibility, **new)
    else:
        from clients.cli.here import memory as here  # noqa: PLC0415 - as above

        here.add(found, said, json=json, visibility=visibility, **new)


@app.command("list")
def list_(
    type: options.Type = None,  # noqa: A002 - the option's name
    tag: options.Tags = None,
    since: options.Since = None,
    author: Annotated[str | None, Option("--author", help="Only by this author.")] = None,
    superseded: options.Superseded = False,
    deleted: Annotated[
        bool, Option("--deleted", help="Deleted memories; `ctx memory restore` brings one back.")
    ] = False,
    as_of: options.AsOf = None,
    project: options.Project = None,
    limit: options.Limit = 20,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """List memories, last changed first, each with the day from which it holds."""
    if deleted and as_of is not None:
        raise Misused("give --deleted or --as-of, not both: what was known at a time was not deleted then")
    from clients.cli.line.asked import Listed  # noqa: PLC0415 - as above

    asked = Listed(
        type=options.word(type, "--type"),
        tags=tag,
        since=since,
        author=author,
        superseded=superseded,
        deleted=deleted,
        as_of=as_of,
        limit=limit,
    )
    found = where.here(server or project is not None)
    if found is None:
        from clients.cli.there import memory as there  # noqa: PLC0415 - as above

        there.listed(asked, project=project, json=json)
    else:
        from clients.cli.here import memory as here  # noqa: PLC0415 - as above

        here.listed(found, asked, json=json)


@app.command()
def show(
    id: Id,  # noqa: A002 - the argument's name
    history: Annotated[bool, Option("--history", help="Every version, newest first.")] = False,
    as_of: Annotated[str | None, Option("--as-of --at", help="As it was at this time, or in one revision.")] = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Show a whole memory: as it is, as it was, or in all its versions."""
    found = where.here(server)
    if found is None:
        from clients.cli.there import memory as there  # noqa: PLC0415 - as above

        there.show(id, history=history, as_of=as_of, json=json)
    else:
        from clients.cli.here import memory as here  # noqa: PLC0415 - as above

        here.show(found, id, history=history, at=as_of, json=json)


@app.command()
def log(
    id: Id,  # noqa: A002 - the argument's name
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Show every version of a memory that anyone wrote, newest first."""
    show(id, history=True, server=server, json=json)


@app.command()
def edit(
    id: Id,  # noqa: A002 - the argument's name
    text: Annotated[
        str | None, Argument("The new text; - reads it from standard input. Without it, your editor opens.")
    ] = None,
    title: Title = None,
    type: options.Type = None,  # noqa: A002 - the option's name
    tag: Annotated[list[str] | None, Option("--tag", help="A tag to add; may be repeated.")] = None,
    untag: Annotated[list[str] | None, Option("--untag", help="A tag to remove; may be repeated.")] = None,
    pin: Annotated[bool, Option("--pin", help="Put it into every context pack of the project.")] = False,
    unpin: Annotated[bool, Option("--unpin", help="Put it only into packs that it matters to.")] = False,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Change a memory; what you do not name stays, and a new text settles a conflict."""
    if pin and unpin:
        raise Misused("give --pin or --unpin, not both")
    type = options.word(type, "--type")  # noqa: A001 - the option's name
    said = None if text is None else _text(text)
    pinned = True if pin else False if unpin else None
    found = where.here(server)
    from clients.cli.line.edit import Edit  # noqa: PLC0415 - as above

    wanted = Edit(text=said, title=title, type=type, add=tag or [], drop=untag or [], pinned=pinned)
    if found is None:
        from clients.cli.there import memory as there  # noqa: PLC0415 - as above

        there.edit(id, wanted, json=json)
    else:
        from clients.cli.here import memory as here  # noqa: PLC0415 - as above

        here.edit(found, id, wanted, json=json)


@app.command()
def rm(
    id: Id,  # noqa: A002 - the argument's name
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Delete a memory; its history stays, and if somebody edits it at the same time, it stays."""
    found = where.here(server)
    if found is None:
        from clients.cli.there import memory as there  # noqa: PLC0415 - as above

        there.remove(id, json=json)
    else:
        from clients.cli.here import memory as here  # noqa: PLC0415 - as above

        here.remove(found, id, json=json)


@app.command()
def restore(
    id: Id,  # noqa: A002 - the argument's name
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Bring a deleted memory back as it was; `ctx memory list --deleted` names them."""
    found = where.here(server)
    if found is None:
        from clients.cli.there import memory as there  # noqa: PLC0415 - as above

        there.restore(id, json=json)
    else:
        from clients.cli.here import memory as here  # noqa: PLC0415 - as above

        here.restore(found, id, json=json)


def _text(text: str) -> str:
    try:
        said = (sys.stdin.read() if text == "-" else text).strip()
    except UnicodeDecodeError as error:
        raise Invalid(f"Standard input is not UTF-8 (byte {error.start}): give it as UTF-8.") from None
    if not said:
        raise Invalid("There is nothing to remember: give a text.")
    return said
