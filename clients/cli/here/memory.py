"""`ctx memory` in the store of this folder."""

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from clients.cli.here.background import after_a_change
from clients.cli.here.store import now, opened
from clients.cli.line import options
from clients.cli.shown import output
from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.domain.memories.revisions import Revision
from contextfs.domain.memories.view import view
from contextfs.kit.errors import Invalid
from contextfs.kit.fields import Visibility
from contextfs.kit.pattern import pattern
from contextfs.local.model import LocalMemory, MemoryQuery, Written
from contextfs.local.place import Place
from contextfs.local.store import LocalStore

if TYPE_CHECKING:
    from clients.cli.line.asked import Listed
    from clients.cli.line.edit import Edit

T = TypeVar("T")

_REVISION = pattern(r"[0-9a-f]{6,64}")
_LONGEST_TEXT = 200


def add(place: Place, said: str, *, visibility: Visibility, json: bool, **new: Any) -> None:
    """Add a memory."""
    with opened(place, look=False) as store:
        made = NewMemory(project_id=store.project_id, content=said, visibility=visibility, **new)
        written = store.add(checked(made))
        _print_written(store, written, "Stored" if written.stored else "Known already", json=json)
    after_a_change(place)


def listed(place: Place, asked: "Listed", *, json: bool) -> None:
    """List memories, last changed first, each with the day from which it holds."""
    query = MemoryQuery(
        type=asked.type,
        tags=asked.tags,
        author=asked.author,
        since=options.since(asked.since, now()),
        conflicted=asked.conflicted,
        superseded=asked.superseded,
        deleted=asked.deleted,
        as_of=options.as_of(asked.as_of, now()),
        limit=asked.limit,
    )
    with opened(place, reads=True) as store:
        memories = store.page(query)
    if json:
        output.say_json(memories)
    elif memories and asked.conflicted:
        _print_conflicts(memories)
    elif memories:
        rows = [[output.short(one.id), one.type, output.day(one.occurred_at), _marked(one)] for one in memories]
        output.table(["id", "type", "since", "memory"], rows)
    elif asked.conflicted:
        output.say("No conflicts.")
    else:
        output.say("No memories fit these." if asked.is_narrowed else "No memories yet: `ctx memory add` adds one.")


def show(place: Place, id: str, *, history: bool, at: str | None, json: bool) -> None:  # noqa: A002 - the argument's name
    """Show a memory whole."""
    with opened(place, reads=True) as store:
        memory_id = store.find(id)
        if history:
            log = list(store.log(memory_id))
            store.base.confirm()
            _show_log(log, json=json)
        elif at is not None:
            then = store.at(memory_id, _moment(at))
            store.base.confirm()
            output.say_json(then.fields) if json else output.say(output.printable(then.content))
        else:
            memory = store.get(memory_id)
            store.base.confirm()
            output.say_json(memory) if json else _print(store, memory)


def edit(
    place: Place,
    id: str,  # noqa: A002 - the argument's name
    edited: "Edit",
    *,
    json: bool,
) -> None:
    """Change a memory."""
    with opened(place) as store:
        memory = store.get(store.find(id))
        wanted = edited.changes(memory.tags)
        if not wanted:
            wanted["content"] = _edited(memory)
        written = store.change(memory.id, checked(MemoryChange(**wanted)))
        _print_written(store, written, "Changed" if written.stored else "As it was", json=json)
    after_a_change(place)


def remove(place: Place, id: str, *, json: bool) -> None:  # noqa: A002 - the argument's name
    """Delete a memory."""
    with opened(place) as store:
        memory_id = store.find(id)
        store.remove(memory_id)
    after_a_change(place)
    if json:
        output.say_json({"deleted": str(memory_id)})
    else:
        output.say(
            f"Deleted: {output.short(memory_id)}; `ctx memory restore {output.short(memory_id)}` brings it back."
        )


def restore(place: Place, id: str, *, json: bool) -> None:  # noqa: A002 - the argument's name
    """Bring a deleted memory back."""
    with opened(place) as store:
        written = store.restore(store.find(id))
        _print_written(store, written, "Restored" if written.stored else "As it was", json=json)
    after_a_change(place)


def resolve(place: Place, id: str, *, text: str | None, keep: int | None, json: bool) -> None:  # noqa: A002 - the argument's name
    """Settle a conflict by one of its texts, or by another one."""
    with opened(place) as store:
        memory = store.get(store.find(id))
        if not memory.conflicted:
            raise Invalid(f"{output.short(memory.id)} is in no conflict.")
        if keep is not None and keep > len(memory.bodies):
            raise Invalid(f"There are {len(memory.bodies)} texts: choose one of 1 to {len(memory.bodies)}.")
        chosen = text if text is not None else memory.bodies[keep - 1] if keep else _edited(memory)
        written = store.resolve(memory.id, chosen)
        _print_written(store, written, "Resolved", json=json)
    after_a_change(place)


def show_to(place: Place, id: str, visibility: Visibility, *, json: bool) -> None:  # noqa: A002 - the argument's name
    """Let others see a memory, or keep it from them."""
    with opened(place) as store:
        written = store.change(store.find(id), MemoryChange(visibility=visibility))
        done = "As it was" if not written.stored else "Private now" if visibility == "private" else "Shared now"
        _print_written(store, written, done, json=json)
    after_a_change(place)


def checked(noun: T) -> T:
    """Give a noun back; Invalid where a value is beyond what it takes."""
    import msgspec  # noqa: PLC0415 - loaded by then

    try:
        msgspec.json.decode(msgspec.json.encode(noun), type=type(noun))
    except UnicodeEncodeError:
        raise Invalid("The input has bytes that are not text: give it as UTF-8.") from None
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `")
        if place == "$.content`" and "length <=" in what:
            raise Invalid("The text is longer than 200,000 characters: split it into several memories.") from None
        from contextfs.kit.expected import in_words  # noqa: PLC0415 - only for what is wrong

        raise Invalid(in_words(what), where=place.rstrip("`") or None) from None
    return noun


def _edited(memory: LocalMemory) -> str:
    from clients.cli.here import editor  # noqa: PLC0415 - what it loads takes as long as adding a memory

    return editor.edited(memory)


def _moment(text: str) -> datetime | str:
    """Read a time, or the first digits of a revision."""
    return text if _REVISION.fullmatch(text) else options.moment(text, "--at")


def _print_written(store: LocalStore, written: Written, done: str, *, json: bool) -> None:
    if json:
        output.say_json(written)
        return
    path = os.path.relpath(store.path_of(written.memory))
    output.say(f"{done}: {written.memory.type} {output.short(written.memory.id)}  {output.dim(path)}")
    if written.redacted:
        output.say(f"{output.counted(written.redacted, 'secret')} taken out before storing.")


def _marked(memory: LocalMemory) -> str:
    marks = [("conflict", memory.conflicted), ("private", memory.visibility == "private"), ("pinned", memory.pinned)]
    marks += [(str(memory.overtaken), True)] if memory.overtaken else []
    told = " ".join(f"[{name}]" for name, is_so in marks if is_so)
    return f"{told} {output.one_line(memory.title or memory.content)}".strip()


def _print(store: LocalStore, memory: LocalMemory) -> None:
    from clients.cli.line import ended  # noqa: PLC0415 - only where one is shown whole

    output.say(output.bold(output.one_line(memory.title)) if memory.title else output.dim("(no title)"))
    output.block(
        [
            ("id", str(memory.id)),
            ("type", f"{memory.type}{', pinned' if memory.pinned else ''}"),
            ("visible to", "yourself" if memory.visibility == "private" else memory.visibility),
            ("tags", " ".join(memory.tags)),
            ("author", output.printable(memory.author)),
            ("file", os.path.relpath(store.path_of(memory))),
            ("confidence", f"{memory.confidence:.2f}" if memory.confidence is not None else ""),
            ("holds", ended.validity(memory)),
            ("created", output.minute(memory.created_at)),
            ("changed", output.minute(memory.updated_at)),
            ("revision", " ".join(head[:12] for head in view(list(store.log(memory.id))).heads)),
        ]
    )
    output.say()
    if not memory.conflicted:
        output.say(output.printable(memory.content))
        return
    for number, body in enumerate(memory.bodies, start=1):
        output.say(output.dim(f"text {number} of {len(memory.bodies)}:"))
        output.say(output.printable(body))
        output.say()
    output.say(f"`ctx conflicts resolve {output.short(memory.id)} --keep 1` settles it.")


def _print_conflicts(memories: list[LocalMemory]) -> None:
    """Print memories with their texts, each by the number that `--keep` takes."""
    for one in memories:
        output.say(output.bold(f"{output.short(one.id)}  {one.type}  {output.one_line(one.title or '(no title)')}"))
        for number, body in enumerate(one.bodies, start=1):
            output.say(f"    {number}: {output.one_line(body, _LONGEST_TEXT)}")
    output.say("`ctx conflicts resolve ID --keep NUMBER` settles one; `ctx memory show ID` has the texts whole.")


def _show_log(revisions: list[Revision], *, json: bool) -> None:
    if json:
        output.say_json(
            [
                {"id": one.id, "parents": one.parents, "author": one.author, "clock": one.clock, "fields": one.fields}
                for one in revisions
            ]
        )
        return
    for one in revisions:
        output.say(output.bold(f"{one.id[:12]}  {one.clock[:16].replace('T', ' ')}  {output.printable(one.author)}"))
        title = f"{one.fields.title}: " if one.fields.title else ""
        output.say("    (deleted)" if one.fields.deleted else f"    {output.one_line(title + one.fields.content, 200)}")
