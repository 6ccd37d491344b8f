"""Finds the live branch in a session's tree of records.

Each record points to its parent. Editing an earlier prompt forks the tree; calling several tools at once forks it too,
although nothing was abandoned, because each result hangs on its own call. What the tree needs of a record is small:
texts are read again when it is known which are wanted, so that memory does not grow with them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from contextfs.adapters.transcripts.claude_code.reader import Record
from contextfs.adapters.transcripts.jsonl import Line
from contextfs.adapters.transcripts.shapes import items, table, text

_TALK = frozenset({"user", "assistant"})


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record was written; most records of a session share theirs."""

    session_id: str | None
    request_session_id: str | None
    cwd: str | None
    git_branch: str | None
    version: str | None


class Node(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the tree needs of a record, and where its line is read again.

    `call` names the model call that an assistant's line belongs to; the lines of one call share it. `asked` and
    `answered` are the ids of tools that were called, and whose results are here.
    """

    type: str | None
    uuid: str | None
    parent: str | msgspec.UnsetType | None
    logical_parent: str | None
    is_talk: bool
    starts_over: bool
    call: str | None
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    about: About
    number: int
    offset: int
    size: int

    def line(self, data: bytes) -> Line:
        """Take the record's line out of the file again."""
        return Line(self.number, self.offset, data[self.offset : self.offset + self.size], is_whole=True)


def is_talk(record: Record) -> bool:
    """Tell whether the record carries a message of the main conversation."""
    return record.type in _TALK and record.is_sidechain is not True and isinstance(record.message, dict)


def is_node(record: Record) -> bool:
    """Tell whether the record has a place in the main conversation's tree."""
    return isinstance(record.uuid, str) and record.is_sidechain is not True


def message_key(record: Record, number: int) -> str:
    """Name the model call that an assistant's line belongs to."""
    return text(table(record.message).get("id")) or text(record.request_id) or text(record.uuid) or f"line {number}"


def node(line: Line, record: Record, *, starts_over: bool, shared: dict[Any, Any]) -> Node:
    """Keep of a record what the tree needs; equal values are kept once, in `shared`."""

    def once(value: Any) -> Any:
        return shared.setdefault(value, value)

    told = (record.session_id, record.request_session_id, record.cwd, record.git_branch, record.version)
    session_id, request_session_id, cwd, git_branch, version = (once(text(value)) for value in told)
    blocks = [table(block) for block in items(table(record.message).get("content"))]
    is_reply = record.type == "assistant"
    return Node(
        type=once(record.type),
        uuid=once(record.uuid) if isinstance(record.uuid, str) else None,
        parent=once(text(record.parent_uuid)) if record.parent_uuid is not msgspec.UNSET else msgspec.UNSET,
        logical_parent=once(text(record.logical_parent_uuid)),
        is_talk=is_talk(record),
        starts_over=starts_over,
        call=once(message_key(record, line.number)) if is_reply else None,
        asked=tuple(once(call) for call in _asked(blocks)) if is_reply else (),
        answered=tuple(once(call) for call in _answered(blocks)) if record.type == "user" else (),
        about=once(
            About(
                session_id=session_id,
                request_session_id=request_session_id,
                cwd=cwd,
                git_branch=git_branch,
                version=version,
            )
        ),
        number=line.number,
        offset=line.offset,
        size=len(line.data),
    )


def main_path(nodes: Sequence[Node]) -> list[int]:
    """Give the places of the records on the way from the last message back to the first, in the file's order.

    A record whose parent is null, and who `starts_over`, began a conversation of its own. One whose parent is not in
    the file follows the line before it: a broken line must not cut off what came earlier.
    """
    last = next((n for n in range(len(nodes) - 1, -1, -1) if nodes[n].is_talk), None)
    path: set[int] = set()
    parents = _parents(nodes)
    while last is not None and last not in path:
        path.add(last)
        last = parents[last]
    return sorted(path | _companions(nodes, path))


def _parents(nodes: Sequence[Node]) -> list[int | None]:
    numbers: dict[str, int] = {}
    for n, one in enumerate(nodes):
        if one.uuid is not None:
            numbers.setdefault(one.uuid, n)
    has_tree = any(_known(one.parent, numbers) is not None for one in nodes)
    parents: list[int | None] = []
    before: int | None = None
    for n, one in enumerate(nodes):
        parent = _known(one.parent, numbers)
        if parent is None:
            parent = _known(one.logical_parent, numbers)
        if parent is None and not (has_tree and one.parent is None and one.starts_over):
            parent = before
        parents.append(parent if parent != n else before)
        before = n
    return parents


def _known(uuid: object, numbers: dict[str, int]) -> int | None:
    return numbers.get(uuid) if isinstance(uuid, str) else None


def _companions(nodes: Sequence[Node], path: set[int]) -> set[int]:
    """Find the other lines of the model calls on the path, and the results of all their tools."""
    calls = {nodes[n].call for n in path if nodes[n].call is not None}
    lines = {n for n, one in enumerate(nodes) if one.call in calls}
    waiting = {call for n in lines for call in nodes[n].asked}
    for n in path:
        waiting.difference_update(nodes[n].answered)
    return lines | {n for n, one in enumerate(nodes) if waiting.intersection(one.answered)}


def _asked(blocks: list[dict[str, Any]]) -> Iterator[str]:
    return (block["id"] for block in blocks if block.get("type") == "tool_use" and text(block.get("id")))


def _answered(blocks: list[dict[str, Any]]) -> Iterator[str]:
    return (str(block.get("tool_use_id", "")) for block in blocks if block.get("type") == "tool_result")
