"""Finds the live branch in a session's tree of records.

Each record points to its parent. Editing an earlier prompt forks the tree; calling several tools at once forks it too,
although nothing was abandoned, because each result hangs on its own call. What the tree needs of a record is small:
texts are read again when it is known which are wanted, so that memory does not grow with them.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from contextfs.adapters.transcripts.branches import NO_PARENT as _NONE
from contextfs.adapters.transcripts.branches import left_behind
from contextfs.adapters.transcripts.claude_code.reader import Record
from contextfs.adapters.transcripts.jsonl import Line
from contextfs.adapters.transcripts.shapes import items, table, text
from contextfs.adapters.transcripts.view import Data

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

    def line(self, data: Data) -> Line:
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


class Nodes(list[Node]):
    """The records of a file that have a place in its tree; what many of them share is kept once."""

    def __init__(self) -> None:
        super().__init__()
        self._shared: dict[Any, Any] = {}

    def take(self, line: Line, record: Record, *, starts_over: bool) -> Node:
        """Keep of a record what the tree needs, as the last of the nodes."""
        before = self[-1] if self else None
        is_reply, is_said = record.type == "assistant", record.type in _TALK
        blocks = [table(block) for block in items(table(record.message).get("content"))] if is_said else []
        parent = record.parent_uuid
        one = Node(
            type=self._once(record.type),
            uuid=text(record.uuid),
            parent=parent if parent is msgspec.UNSET else _as_in(before and before.uuid, text(parent)),
            logical_parent=text(record.logical_parent_uuid),
            is_talk=is_talk(record),
            starts_over=starts_over,
            call=_as_in(before and before.call, message_key(record, line.number)) if is_reply else None,
            asked=tuple(_asked(blocks)) if is_reply else (),
            answered=tuple(_answered(blocks)) if record.type == "user" else (),
            about=self._about(record),
            number=line.number,
            offset=line.offset,
            size=len(line.data),
        )
        self.append(one)
        return one

    def _about(self, record: Record) -> About:
        about = About(
            session_id=text(record.session_id),
            request_session_id=text(record.request_session_id),
            cwd=text(record.cwd),
            git_branch=text(record.git_branch),
            version=text(record.version),
        )
        before = self[-1].about if self else None
        return before if before is not None and about == before else self._once(about)

    def _once(self, value: Any) -> Any:
        return self._shared.setdefault(value, value)


def _as_in(known: str | None, value: str | None) -> str | None:
    """Give a text as the object that it is already, when it is the same."""
    return known if known == value else value


class Path(NamedTuple):
    """The places of the records of the live branch, and of those that were surely left behind, in the file's order."""

    live: list[int]
    left: list[int]


def main_path(nodes: Sequence[Node]) -> Path:
    """Find the records on the way from the last message back to the first.

    A record whose parent is null, and who `starts_over`, began a conversation of its own. One whose parent is not in
    the file follows the line before it: a broken line must not cut off what came earlier.
    """
    last = next((n for n in range(len(nodes) - 1, -1, -1) if nodes[n].is_talk), _NONE)
    live = bytearray(len(nodes))
    parents = _parents(nodes)
    while last != _NONE and not live[last]:
        live[last] = True
        last = parents[last]
    _add_companions(nodes, live)
    is_followed = _followed(nodes, parents)

    def is_sure(n: int) -> bool:
        parent = parents[n]
        is_alone = nodes[n].call is None and not is_followed[n] and not live[n]
        return _is_told(nodes, n, parent) and not (is_alone and live[parent])

    left = left_behind(parents, live, lambda n: n, is_sure)
    return Path([n for n, is_live in enumerate(live) if is_live], left)


def _followed(nodes: Sequence[Node], parents: Sequence[int]) -> bytearray:
    """Tell which records were followed by talk. A prompt that was not may have been sent together with the next one."""
    followed = bytearray(len(nodes))
    for n in range(len(nodes) - 1, -1, -1):
        if parents[n] != _NONE and (nodes[n].is_talk or followed[n]):
            followed[parents[n]] = True
    return followed


def _is_told(nodes: Sequence[Node], n: int, parent: int) -> bool:
    """Tell whether a record itself names its parent: others follow the line before them."""
    names = (nodes[n].parent, nodes[n].logical_parent)
    return parent != _NONE and nodes[parent].uuid is not None and nodes[parent].uuid in names


def _parents(nodes: Sequence[Node]) -> "array[int]":
    numbers: dict[str, int] = {}
    for n, one in enumerate(nodes):
        if one.uuid is not None:
            numbers.setdefault(one.uuid, n)
    has_tree = any(_known(one.parent, numbers) is not None for one in nodes)
    parents = array("q")
    before = _NONE
    for n, one in enumerate(nodes):
        parent = _known(one.parent, numbers)
        if parent is None:
            parent = _known(one.logical_parent, numbers)
        if parent is None and not (has_tree and one.parent is None and one.starts_over):
            parent = before
        parents.append(_NONE if parent is None else parent if parent != n else before)
        before = n
    return parents


def _known(uuid: object, numbers: dict[str, int]) -> int | None:
    return numbers.get(uuid) if isinstance(uuid, str) else None


def _add_companions(nodes: Sequence[Node], live: bytearray) -> None:
    """Add the other lines of the model calls on the path, and the results of all their tools."""
    calls = {one.call for one, is_live in zip(nodes, live, strict=True) if is_live and one.call is not None}
    answered = {call for one, is_live in zip(nodes, live, strict=True) if is_live for call in one.answered}
    waiting: set[str] = set()
    for n, one in enumerate(nodes):
        if one.call in calls:
            live[n] = True
            waiting.update(call for call in one.asked if call not in answered)
    for n, one in enumerate(nodes):
        if waiting.intersection(one.answered):
            live[n] = True


def _asked(blocks: list[dict[str, Any]]) -> Iterator[str]:
    return (block["id"] for block in blocks if block.get("type") == "tool_use" and text(block.get("id")))


def _answered(blocks: list[dict[str, Any]]) -> Iterator[str]:
    return (str(block.get("tool_use_id", "")) for block in blocks if block.get("type") == "tool_result")
