"""Turns the records of the live branch into messages."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from contextfs.adapters.transcripts.claude_code.notices import is_at_once, is_command, is_notice
from contextfs.adapters.transcripts.claude_code.reader import Record
from contextfs.adapters.transcripts.injected import without_fence
from contextfs.adapters.transcripts.model import Kind, ToolCall, TranscriptMessage
from contextfs.adapters.transcripts.shapes import is_deep, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.voices import heard

_PEOPLE = ("human", "user", "cli", "sdk", "keyboard")
_MACHINE_MODEL = "<synthetic>"
_PLACEHOLDERS = {"image": "[image]", "document": "[document]"}


class Commands:
    """Tells what a slash command expands to: some versions write that as if it was typed, in the moment of its echo."""

    def __init__(self) -> None:
        self._echoed_at: datetime | None = None

    def judged(self, message: TranscriptMessage) -> TranscriptMessage:
        """Give the next message of the branch, as the tool's own when it is an expansion."""
        echoed_at = self._echoed_at
        is_echo = message.kind == "meta" and is_command(message.content)
        self._echoed_at = message.created_at if is_echo else None
        if message.kind != "prompt" or not is_at_once(message.created_at, echoed_at):
            return message
        return msgspec.structs.replace(message, role="system", kind="meta")


def reply(lines: Sequence[Record], external_id: str, tokens: int, tally: Tally) -> TranscriptMessage | None:
    """Join the lines of one model call, in order; None when it said nothing and called nothing.

    Reasoning is counted and left out. What the tool itself writes as the assistant (API errors) is `meta`.
    """
    blocks = [block for line in lines for block in _blocks(table(line.message).get("content"))]
    texts: list[str] = []
    calls: dict[str, ToolCall] = {}
    for block in blocks:
        match block.get("type"):
            case "text":
                said = without_fence(str(block.get("text") or ""), tally).strip()
                if said and said not in texts:
                    texts.append(said)
            case "tool_use" | "server_tool_use" | "mcp_tool_use":
                call = _call(block, f"{external_id}#{len(calls)}", tally)
                calls.setdefault(call.id, call)
            case "thinking" | "redacted_thinking":
                tally.add("thinking")
            case kind:
                tally.add_of("block", kind)
    if not texts and not calls:
        return None
    model = text(table(lines[0].message).get("model"))
    machine = model == _MACHINE_MODEL or lines[0].is_api_error_message is True
    return TranscriptMessage(
        external_id=external_id,
        role="system" if machine else "assistant",
        kind="meta" if machine else "reply",
        content="\n\n".join(texts),
        tool_calls=tuple(calls.values()),
        created_at=moment(lines[0].timestamp),
        model=None if machine else model,
        tokens=None if machine else tokens,
    )


def spoken(record: Record, external_id: str, tally: Tally) -> Iterator[TranscriptMessage]:
    """Give what a line in the user's name holds: results of tools, and beside them one text at most."""
    blocks = _blocks(table(record.message).get("content"))
    results = [block for block in blocks if block.get("type") == "tool_result"]
    for n, block in enumerate(results):
        yield _result(block, record, external_id if len(results) == 1 else f"{external_id}#{n}", tally)
    kind, content = _voice(record, blocks, is_beside_results=bool(results), tally=tally)
    if content:
        yield TranscriptMessage(
            external_id=external_id if not results else f"{external_id}#text",
            role="user" if kind == "prompt" else "system",
            kind=kind,
            content=content,
            created_at=moment(record.timestamp),
        )
    elif not results and not blocks:
        tally.add("empty")


def voice(record: Record) -> Kind:
    """Tell what a user's line is, without keeping its text."""
    blocks = _blocks(table(record.message).get("content"))
    is_result = any(block.get("type") == "tool_result" for block in blocks)
    return _voice(record, blocks, is_beside_results=is_result, tally=Tally())[0]


def attached(record: Record, external_id: str, tally: Tally) -> TranscriptMessage | None:
    """Read an attachment: what hooks added to the context, or a prompt typed while the assistant was at work."""
    attachment = table(record.attachment)
    kind = attachment.get("type")
    if kind == "hook_additional_context":
        content, voice_of = without_fence(_plain(attachment.get("content")), tally).strip(), "injected"
    elif kind == "queued_command" and attachment.get("commandMode") == "prompt" and _is_person(attachment):
        voice_of, content = heard(_plain(attachment.get("prompt")), tally, is_notice=is_notice)
    else:
        content, voice_of = "", "meta"
    if not content:
        tally.add_of("attachment", kind)
        return None
    return TranscriptMessage(
        external_id=external_id,
        role="user" if voice_of == "prompt" else "system",
        kind=voice_of,
        content=content,
        created_at=moment(record.timestamp),
    )


def _voice(record: Record, blocks: list[dict[str, Any]], *, is_beside_results: bool, tally: Tally) -> tuple[Kind, str]:
    texts = [_block_text(block) for block in blocks if block.get("type") != "tool_result"]
    pieces = [heard(said, tally, is_notice=is_notice) for said in texts]
    typed = [said for kind, said in pieces if kind == "prompt"]
    is_expansion = bool(pieces) and is_command(pieces[0][1])
    if typed and not is_expansion and not is_beside_results and _is_typed(record):
        return "prompt", "\n\n".join(typed)
    everything = "\n\n".join(said for _, said in pieces if said)
    if record.is_compact_summary is True or any(kind == "summary" for kind, _ in pieces):
        return "summary", everything
    return ("meta" if everything else "injected"), everything


def _is_typed(record: Record) -> bool:
    """Tell whether nothing about the record itself says that the tool wrote it."""
    marks = (record.is_meta, record.is_compact_summary, record.is_visible_in_transcript_only, record.turn_companion)
    made_by_tool = record.source_tool_assistant_uuid or record.source_tool_use_id
    return True not in marks and not made_by_tool and record.prompt_source != "system" and _is_person(record)


def _is_person(source: Record | dict[str, Any]) -> bool:
    """Tell whether the origin, where the version writes one, is a person: unknown kinds are not."""
    if isinstance(source, Record):
        origin: object = source.origin
    elif source.get("isMeta") is True:
        return False
    else:
        origin = source.get("origin")
    return origin is None or table(origin).get("kind") in _PEOPLE


def _result(block: dict[str, Any], record: Record, external_id: str, tally: Tally) -> TranscriptMessage:
    return TranscriptMessage(
        external_id=external_id,
        role="tool",
        kind="tool_result",
        content=without_fence(_plain(block.get("content")), tally),
        tool_call_id=text(block.get("tool_use_id")),
        is_error=block.get("is_error") is True,
        created_at=moment(record.timestamp),
    )


def _call(block: dict[str, Any], fallback_id: str, tally: Tally) -> ToolCall:
    given = block.get("input")
    if is_deep(given):
        tally.add("deep_input")
        given = None
    return ToolCall(id=text(block.get("id")) or fallback_id, name=text(block.get("name")) or "unknown", input=given)


def _blocks(content: object) -> list[dict[str, Any]]:
    """Give the content's blocks; a plain text is one block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [table(block) for block in items(content)]


def _plain(content: object) -> str:
    parts = [part if isinstance(part, str) else _block_text(table(part)) for part in items(content)]
    return content if isinstance(content, str) else "\n".join(part for part in parts if part)


def _block_text(block: dict[str, Any]) -> str:
    kind = block.get("type")
    return text(block.get("text")) or (_PLACEHOLDERS.get(kind, "") if isinstance(kind, str) else "")
