"""Knows what Codex itself writes in the user's name, part by part, and which items begin a turn.

The marks, and that a message is Codex's own as soon as one of its parts is, are those of `ContextualUserFragment` and
`is_user_turn_boundary` in Codex's sources (`codex-rs/core`); earlier versions knew fewer of the same.
"""

import re
from typing import Any

from contextfs.adapters.transcripts.codex.reader import Record
from contextfs.adapters.transcripts.shapes import document, items, table, text

_MARKS = (
    ("# agents.md instructions", "</instructions>"),
    ("<instructions>", "</instructions>"),
    ("<hook_prompt ", "</hook_prompt>"),
    ("<codex_internal_context ", "</codex_internal_context>"),
    *((f"<{name}>", f"</{name}>") for name in (
        "agent_message_board_notification", "environment_context", "extension_context", "goal_context",
        "recommended_plugins", "skill", "subagent_notification", "turn_aborted", "user_instructions",
        "user_shell_command",
    )),
)  # fmt: skip
_EXTERNAL = re.compile(r"<(external_[^<>\s]+)(?: [^<>]*)?>.*</\1>", re.DOTALL)
_WARNINGS = (
    "Warning: The maximum number of unified exec processes you can keep open is",
    "Warning: Your account was flagged for potentially high-risk cyber activity",
    "Warning: apply_patch was requested via ",
)
_LETTER = frozenset({"author", "recipient", "content", "trigger_turn"})


def is_harness(item: dict[str, Any]) -> bool:
    """Tell whether Codex wrote this message of the user's: a part is a fragment, and none is said to be typed."""
    content = item.get("content")
    parts = [content] if isinstance(content, str) else [text(table(part).get("text")) for part in items(content)]
    return not is_typed(item) and any(_is_fragment(part) for part in parts if part)


def is_typed(item: dict[str, Any]) -> bool:
    """Tell whether the record says that a person wrote a part of this message."""
    kinds = kinds_of(item)
    is_told = len(kinds) == len(items(item.get("content")))
    return is_told and any(isinstance(kind, str) and kind.startswith("user.") for kind in kinds)


def begins_turn(record: Record) -> bool:
    """Tell whether going back counts this record: a message of the user's that Codex did not write, or an agent's."""
    if record.kind != "response_item":
        return record.kind == "inter_agent_communication"
    if record.type != "message":
        return record.type == "agent_message"
    item = record.payload
    role = item.get("role")
    return not is_harness(item) if role == "user" else role == "assistant" and _is_letter(item)


def kinds_of(item: dict[str, Any]) -> list[Any]:
    """Give what each part is, where the version tells it."""
    return items(table(item.get("internal_chat_message_metadata_passthrough")).get("content_item_kinds"))


def _is_fragment(part: str) -> bool:
    said = part.strip()
    begin, end = said[:100].lower(), said[-100:].lower()
    return (
        any(begin.startswith(first) and end.endswith(last) for first, last in _MARKS)
        or said.startswith(_WARNINGS)
        or (begin.startswith("<external_") and _EXTERNAL.fullmatch(said) is not None)
    )


def _is_letter(item: dict[str, Any]) -> bool:
    """Tell whether a reply is how some versions keep a message of another agent's: its JSON, as the only text."""
    parts = items(item.get("content"))
    said = (text(table(parts[0]).get("text")) or "") if len(parts) == 1 else ""
    return said.startswith("{") and table(document(said.encode("utf-8", "replace"))).keys() >= _LETTER
