"""`ctx memory` on a server."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from clients.cli.line import ended, options
from clients.cli.line.asked import Listed
from clients.cli.line.edit import Edit
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ContextFS, History, Memory, MemoryWritten
from contextfs.kit.errors import Invalid
from contextfs.kit.fields import Visibility

_MOST_IN_A_PAGE = 200


def add(said: str, *, project: str | None, visibility: Visibility, json: bool, **new: Any) -> None:
    """Add a memory."""
    with server.opened() as client:
        into = server.project_id(client, project)
        written = client.memories.create(said, project_id=into, visibility=visibility, wait="searchable", **new)
    if json:
        output.say_json(written)
    else:
        _print_written(written, "Stored" if written.receipt.stored else "Known already")


def listed(asked: Listed, *, project: str | None, json: bool) -> None:
    """List memories, last changed first, each with the day from which it holds."""
    after = options.since(asked.since, datetime.now(UTC))
    by = None if asked.author is None else server.as_id(asked.author)
    if asked.author is not None and by is None:
        raise Invalid(f"{asked.author!r} is not an id: on a server, an author is the id of a user.")
    with server.opened() as client:
        within = None if project is None else server.project_id(client, project)
        listing = client.memories.list(
            project_id=within,
            type=asked.type,
            tags=asked.tags or None,
            since=after,
            author=by,
            superseded=asked.superseded,
            deleted=asked.deleted,
            as_of=options.as_of(asked.as_of, datetime.now(UTC)),
            page_size=min(asked.limit, _MOST_IN_A_PAGE),
        )
        memories = list(islice(listing, asked.limit))
    if json:
        output.say_json(memories)
    elif memories:
        rows = [
            [output.short(one.id), one.type, output.day(one.valid_from or one.created_at), _line(one)]
            for one in memories
        ]
        output.table(["id", "type", "since", "memory"], rows)
    else:
        output.say("No memories fit these." if asked.is_narrowed else "No memories yet: `ctx memory add` adds one.")


def show(
    id: str,  # noqa: A002 - the argument's name
    *,
    history: bool,
    as_of: str | None,
    json: bool,
) -> None:
    """Show a memory whole."""
    at = None if as_of is None else options.moment(as_of, "--as-of")
    with server.opened() as client:
        memory_id = server.whole_id(id, _every(client), "memory")
        if history:
            _show_history(client.memories.history(memory_id), json=json)
        else:
            _show(client, client.memories.get(memory_id, as_of=at), json=json)


def edit(
    id: str,  # noqa: A002 - the argument's name
    edited: Edit,
    *,
    json: bool,
) -> None:
    """Change a memory, unless somebody else did since it was read."""
    with server.opened() as client:
        memory_id = server.whole_id(id, _every(client), "memory")
        memory = client.memories.get(memory_id)
        wanted = edited.changes(memory.tags)
        if not wanted:
            raise Invalid("There is nothing to change: give a text, or an option.")
        written = client.memories.update(memory_id, if_match=memory.version, **wanted)
    if json:
        output.say_json(written)
    else:
        done = "Changed" if written.receipt.stored else "As it was"
        output.say(f"{done}: {written.memory.type} {output.short(memory_id)}")


def remove(
    id: str,  # noqa: A002 - the argument's name
    *,
    json: bool,
) -> None:
    """Delete a memory."""
    with server.opened() as client:
        memory_id = server.whole_id(id, _every(client), "memory")
        client.memories.delete(memory_id)
    if json:
        output.say_json({"deleted": str(memory_id)})
    else:
        output.say(f"Deleted: {output.short(memory_id)}; `ctx memory restore {memory_id}` brings it back.")


def restore(
    id: str,  # noqa: A002 - the argument's name
    *,
    json: bool,
) -> None:
    """Bring a deleted memory back."""
    with server.opened() as client:
        gone = client.memories.list(page_size=_MOST_IN_A_PAGE, superseded=True, deleted=True)
        memory_id = server.whole_id(id, gone, "deleted memory")
        written = client.memories.restore(memory_id, wait="searchable")
    if json:
        output.say_json(written)
    else:
        _print_written(written, "Restored" if written.receipt.stored else "As it was")


def _every(client: ContextFS) -> Iterable[Memory]:
    """Give every memory, also those that hold no longer."""
    return client.memories.list(page_size=_MOST_IN_A_PAGE, superseded=True)


def _line(memory: Memory) -> str:
    over = f"[{memory.overtaken}] " if memory.overtaken else ""
    return over + output.one_line(memory.title or memory.content)


def _print_written(written: MemoryWritten, done: str) -> None:
    memory, receipt = written.memory, written.receipt
    output.say(f"{done}: {memory.type} {output.short(memory.id)}")
    if receipt.redacted:
        output.say(f"{output.counted(receipt.redacted, 'secret')} taken out before storing.")
    for projection in receipt.pending:
        output.note(f"Not {projection} yet: `ctx status` shows what is in progress.")


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
            ("holds", ended.validity(memory)),
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
