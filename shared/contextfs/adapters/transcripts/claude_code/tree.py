"""Finds the live branch in a session's tree of records.

Each record points to its parent. Editing an earlier prompt forks the tree; calling several tools at once forks it too,
although nothing was abandoned, because each result hangs on its own call.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from contextfs.adapters.transcripts.claude_code.reader import Record
from contextfs.adapters.transcripts.shapes import items, table, text

_TALK = frozenset({"user", "assistant"})


def is_talk(record: Record) -> bool:
    """Tell whether the record carries a message of the main conversation."""
    return record.type in _TALK and record.is_sidechain is not True and isinstance(record.message, dict)


def message_key(record: Record, number: int) -> str:
    """Name the model call that an assistant's line belongs to; the lines of one call share it."""
    return text(table(record.message).get("id")) or text(record.request_id) or text(record.uuid) or f"line {number}"


def answered(record: Record) -> list[str]:
    """Give the ids of the tool calls whose results a user's line holds."""
    blocks = (table(block) for block in items(table(record.message).get("content")))
    return [str(block.get("tool_use_id", "")) for block in blocks if block.get("type") == "tool_result"]


def main_path(records: Sequence[Record], starts_over: Callable[[Record], bool]) -> list[int]:
    """Give the numbers of the records on the way from the last message back to the first, in the file's order.

    `starts_over` tells, of a record whose parent is null, whether it began a conversation of its own. A record whose
    parent is not in the file follows the line before it: a broken line must not cut off what came earlier.
    """
    thread = [n for n, record in enumerate(records) if is_talk(record) or _is_node(record)]
    last = next((n for n in reversed(thread) if is_talk(records[n])), None)
    path: set[int] = set()
    parents = _parents(records, thread, starts_over)
    while last is not None and last not in path:
        path.add(last)
        last = parents[last]
    return sorted(path | _companions(records, thread, path))


def _is_node(record: Record) -> bool:
    return isinstance(record.uuid, str) and record.is_sidechain is not True


def _parents(
    records: Sequence[Record], thread: list[int], starts_over: Callable[[Record], bool]
) -> dict[int, int | None]:
    numbers: dict[str, int] = {}
    for n in thread:
        if isinstance(records[n].uuid, str):
            numbers.setdefault(records[n].uuid, n)
    has_tree = any(_known(records[n].parent_uuid, numbers) is not None for n in thread)
    parents: dict[int, int | None] = {}
    before: int | None = None
    for n in thread:
        record = records[n]
        parent = _known(record.parent_uuid, numbers)
        if parent is None:
            parent = _known(record.logical_parent_uuid, numbers)
        if parent is None and not (has_tree and record.parent_uuid is None and starts_over(record)):
            parent = before
        parents[n] = parent if parent != n else before
        before = n
    return parents


def _known(uuid: object, numbers: dict[str, int]) -> int | None:
    return numbers.get(uuid) if isinstance(uuid, str) else None


def _companions(records: Sequence[Record], thread: list[int], path: set[int]) -> set[int]:
    """Find the other lines of the model calls on the path, and the results of all their tools."""
    calls = {message_key(records[n], n) for n in path if records[n].type == "assistant"}
    lines = {n for n in thread if records[n].type == "assistant" and message_key(records[n], n) in calls}
    waiting = set(_asked(records[n] for n in lines))
    for n in path:
        waiting.difference_update(answered(records[n]))
    return lines | {n for n in thread if records[n].type == "user" and waiting.intersection(answered(records[n]))}


def _asked(lines: Iterable[Record]) -> Iterator[str]:
    for record in lines:
        for block in items(table(record.message).get("content")):
            call = table(block)
            if call.get("type") == "tool_use" and text(call.get("id")):
                yield call["id"]
