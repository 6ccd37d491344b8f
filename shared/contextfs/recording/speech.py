"""Texts and tool calls in the shapes that all APIs share: a text, or a list of parts."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from contextfs.domain.sessions import bounds
from contextfs.domain.sessions.model import ToolCall
from contextfs.kit.shapes import is_table, items, table, text
from contextfs.recording.model import Turn

_TEXTS = ("text", "refusal", "transcript")
_UNTOLD = frozenset({"thinking", "redacted_thinking", "reasoning"})


def said(content: object) -> str:
    """Give the text of a content: a text, or the texts of its parts. Of a picture or a file its kind is told."""
    if isinstance(content, str):
        return content
    return "\n".join(told for one in items(content) if (told := _part(one)))


def call(call_id: object, name: object, given: object) -> ToolCall:
    """Make a tool call; arguments that came as JSON text are read."""
    return bounds.tool_call(text(call_id), text(name), _arguments(given))


def joined(turns: Iterable[Turn]) -> Iterator[Turn]:
    """Make one turn of what the assistant says in a row: APIs part it in different ways."""
    waiting: Turn | None = None
    for one in turns:
        if waiting and one.role == "assistant":
            content = "\n".join(part for part in (waiting.content, one.content) if part)
            waiting = msgspec.structs.replace(waiting, content=content, calls=(*waiting.calls, *one.calls))
            continue
        if waiting:
            yield waiting
        waiting = one if one.role == "assistant" else None
        if one.role != "assistant":
            yield one
    if waiting:
        yield waiting


def _part(part: object) -> str:
    if isinstance(part, str):
        return part
    kind = text(table(part).get("type")) or ""
    if not is_table(part) or kind in _UNTOLD:
        return ""
    for name in _TEXTS:
        if (told := text(part.get(name))) is not None:
            return told
    return f"[{kind.removeprefix('input_').removesuffix('_url')}]" if kind and "text" not in kind else ""


def _arguments(given: object) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return msgspec.json.decode(given) if given.strip() else {}
    except (msgspec.DecodeError, RecursionError):
        return given
