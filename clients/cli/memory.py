"""`ctx memory`: what is known, one by one."""

import sys
from itertools import islice
from typing import Annotated

from clients.cli import options, output, server
from clients.cli.command import Argument, Group, Option
from contextfs.client import ContextFS, History, Memory, MemoryWritten
from contextfs.kit.errors import Invalid

_MOST_IN_A_PAGE = 200

app = Group("Add, list and show memories.")


@app.command()
def add(
    text: Annotated[str, Argument(help="What is to be known; - reads it from standard input.")],
    type: options.Type = None,  # noqa: A002 - the option's name
    tag: options.Tags = None,
    title: Annotated[str | None, Option("--title", help="A title.")] = None,
    pin: Annotated[bool, Option("--pin", help="Hand it to every conversation of the project.")] = False,
    project: options.Project = None,
    json: options.Json = False,
) -> None:
    """Add a memory; one that says the same in the same project is not stored twice."""
    said = (sys.stdin.read() if text == "-" else text).strip()
    if not said:
        raise Invalid("There is nothing to remember: give a text.")
    with server.opened() as client:
        written = client.memories.create(
            said,
            project_id=server.project_id(client, project),
            type=type or "fact",
            tags=tag or [],
            title=title,
            pinned=pin,
            wait="searchable",
        )
    if json:
        output.say_json(written)
    else:
        _print_written(written)


@app.command("list")
def list_(
    type: options.Type = None,  # noqa: A002 - the option's name
    tag: options.Tags = None,
    project: options.Project = None,
    limit: options.Limit = 20,
    json: options.Json = False,
) -> None:
    """List memories, newest first."""
    with server.opened() as client:
        within = None if project is None else server.project_id(client, project)
        listing = client.memories.list(
            project_id=within, type=type, tags=tag or None, page_size=min(limit, _MOST_IN_A_PAGE)
        )
        memories = list(islice(listing, limit))
    if json:
        output.say_json(memories)
    elif memories:
        rows = [
            [output.short(one.id), one.type, output.day(one.updated_at), output.one_line(one.title or one.content)]
            for one in memories
        ]
        output.table(["id", "type", "changed", "memory"], rows)
    else:
        output.say("No memories yet.")


@app.command()
def show(
    id: Annotated[str, Argument(help="The memory's id, or some of its first or last digits.")],  # noqa: A002 - the argument's name
    history: Annotated[bool, Option("--history", help="Every version, newest first.")] = False,
    as_of: Annotated[str | None, Option("--as-of", help="As it was known at this time.")] = None,
    json: options.Json = False,
) -> None:
    """Show a memory whole: as it is, as it was, or through all its versions."""
    at = None if as_of is None else options.moment(as_of, "--as-of")
    with server.opened() as client:
        memory_id = server.whole_id(id, client.memories.list(page_size=_MOST_IN_A_PAGE), "memory")
        if history:
            _show_history(client.memories.history(memory_id), json=json)
        else:
            _show(client, client.memories.get(memory_id, as_of=at), json=json)


def _print_written(written: MemoryWritten) -> None:
    memory, receipt = written.memory, written.receipt
    done = "Stored" if receipt.stored else "Known already"
    output.say(f"{done}: {memory.type} {output.short(memory.id)}")
    if receipt.redacted:
        output.say(f"{output.counted(receipt.redacted, 'secret')} taken out before storing.")
    for projection in receipt.pending:
        output.note(f"Not {projection} yet: `ctx status` tells what is on its way.")


def _show(client: ContextFS, memory: Memory, *, json: bool) -> None:
    if json:
        output.say_json(memory)
        return
    output.say(output.bold(output.one_line(memory.title)) if memory.title else output.dim("(no title)"))
    output.block(
        [
            ("id", str(memory.id)),
            ("type", f"{memory.type}{', pinned' if memory.pinned else ''}"),
            ("project", client.projects.get(memory.project_id).name),
            ("tags", " ".join(memory.tags)),
            ("author", memory.author_kind),
            ("session", output.short(memory.session_id) if memory.session_id else ""),
            ("confidence", f"{memory.confidence:.2f}" if memory.confidence is not None else ""),
            ("created", output.minute(memory.created_at)),
            ("changed", output.minute(memory.updated_at)),
            ("version", memory.version),
        ]
    )
    output.say()
    output.say(output.printable(memory.content))
    for body in memory.bodies if memory.conflicted else []:
        output.say(f"{output.dim('conflicting text:')}\n{output.printable(body)}")


def _show_history(history: History, *, json: bool) -> None:
    if json:
        output.say_json(history)
        return
    for revision in history.revisions:
        output.say(output.bold(f"{output.minute(revision.stored_at)}  {revision.author}  {revision.id[:12]}"))
        output.say("(deleted)" if revision.fields.get("deleted") else _body(revision.fields))
        output.say()


def _body(fields: dict[str, object]) -> str:
    return output.printable(str(fields.get("content") or fields.get("body") or ""))
