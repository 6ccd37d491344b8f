"""What a ChatGPT message says: its text by type of content, and the tools it calls."""

from typing import Any

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS
from contextfs.adapters.transcripts.model import ToolCall
from contextfs.adapters.transcripts.shapes import is_deep, items, table, text
from contextfs.adapters.transcripts.tally import Tally

_REASONING = ("thoughts", "reasoning_recap")
_FIELDS = {
    "code": ("text",),
    "execution_output": ("text",),
    "system_error": ("name", "text"),
    "tether_browsing_display": ("result", "summary"),
    "tether_quote": ("title", "url", "text"),
    "sonic_webpage": ("title", "url", "text"),
    "user_editable_context": ("user_profile", "user_instructions"),
    "model_editable_context": ("model_set_context",),
}
CONTEXTS = ("user_editable_context", "model_editable_context")
"""Profile and memories: the product puts them before the conversation."""


def written(content: dict[str, Any], tally: Tally) -> str:
    """Give the text of a message's content. Reasoning and unknown types are counted and give nothing."""
    kind = content.get("content_type")
    if kind in ("text", "multimodal_text"):
        parts = (_part(part, tally) for part in items(content.get("parts")))
        return "\n".join(part for part in parts if part)
    if isinstance(kind, str) and kind in _FIELDS:
        return "\n".join(value for field in _FIELDS[kind] if (value := text(content.get(field))))
    if kind in _REASONING:
        tally.add("thinking")
    else:
        tally.add_of("unknown", kind)
    return ""


def called(message: dict[str, Any], said: str, external_id: str) -> ToolCall | None:
    """Give the tool call that a message is: what it says is addressed to a tool instead of to everyone."""
    recipient = text(message.get("recipient"))
    if recipient is None or recipient == "all":
        return None
    return ToolCall(id=external_id, name=recipient, input=_json(said))


def _part(part: object, tally: Tally) -> str:
    if isinstance(part, str):
        return part
    kind = table(part).get("content_type")
    if kind == "audio_transcription":
        return text(table(part).get("text")) or ""
    if kind == "image_asset_pointer":
        return "[image]"
    tally.add_of("part", kind)
    return ""


def _json(said: str) -> Any:
    try:
        value = msgspec.json.decode(said)
    except FAULTS:
        return said
    return said if is_deep(value) else value
