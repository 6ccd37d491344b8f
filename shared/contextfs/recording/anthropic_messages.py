"""Anthropic's `/v1/messages`: content in blocks, tool results within what the user says."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

import msgspec

from contextfs.kit.shapes import count, is_table, items, table, text
from contextfs.recording.model import Asked, Replied, Turn
from contextfs.recording.speech import call, said

_ONE_TOKEN = 1
_CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
_DELTAS = {"text_delta": "text", "input_json_delta": "partial_json"}


def asked(request: dict[str, Any]) -> Asked:
    """Read a request; the system prompt is an instruction, and no part of a conversation."""
    turns = [turn for one in items(request.get("messages")) if is_table(one) for turn in _turns(one)]
    return Asked(turns=turns, model=text(request.get("model")), is_probe=request.get("max_tokens") == _ONE_TOKEN)


def replied(reply: dict[str, Any]) -> Replied:
    """Read a whole reply. Tokens from the cache are counted beside the input, as Anthropic does."""
    usage = table(reply.get("usage"))
    turn = _assistant(reply.get("content"))
    return Replied(
        turn=None if turn.is_empty else turn,
        id=text(reply.get("id")),
        model=text(reply.get("model")),
        input_tokens=count(usage.get("input_tokens")),
        output_tokens=count(usage.get("output_tokens")),
        more={
            "cache_creation_tokens": count(usage.get("cache_creation_input_tokens")),
            "cache_read_tokens": count(usage.get("cache_read_input_tokens")),
        },
    )


def assembled(events: Iterable[dict[str, Any]]) -> Replied:
    """Read a streamed reply, as far as it came."""
    message: dict[str, Any] = {}
    blocks: dict[int, dict[str, Any]] = {}
    is_over = False
    for event in events:
        place = count(event.get("index"))
        match event.get("type"):
            case "message_start":
                message = dict(table(event.get("message")))
            case "content_block_start":
                blocks[place] = {"pieces": []} | table(event.get("content_block"))
            case "content_block_delta":
                delta = table(event.get("delta"))
                piece = text(delta.get(_DELTAS.get(str(delta.get("type")), "")))
                blocks.setdefault(place, {"type": "text", "pieces": []})["pieces"] += [piece] if piece else []
            case "message_delta":
                message["usage"] = table(message.get("usage")) | table(event.get("usage"))
            case kind:
                is_over = is_over or kind == "message_stop"
    whole = replied(message | {"content": [_whole(block) for _, block in sorted(blocks.items())]})
    return msgspec.structs.replace(whole, is_cut=not is_over)


def _whole(block: dict[str, Any]) -> dict[str, Any]:
    """Put the pieces of a block together."""
    pieces = "".join(block["pieces"])
    if block.get("type") == "text":
        return block | {"text": (text(block.get("text")) or "") + pieces}
    return block | {"input": pieces or block.get("input")}


def _turns(message: dict[str, Any]) -> Iterator[Turn]:
    content = message.get("content")
    if message.get("role") == "assistant":
        yield _assistant(content)
        return
    if message.get("role") != "user":
        return
    results, words = _parted(content)
    for one in results:
        answers, is_error = text(one.get("tool_use_id")), one.get("is_error") is True
        yield Turn(role="tool", content=said(one.get("content")), answers=answers, is_error=is_error)
    if words or not results:
        yield Turn(role="user", content=said(words))


def _parted(content: object) -> tuple[list[dict[str, Any]], Any]:
    if isinstance(content, str):
        return [], content
    blocks = items(content)
    results = [one for one in blocks if _is_result(one)]
    return results, [one for one in blocks if not _is_result(one)]


def _is_result(block: object) -> TypeGuard[dict[str, Any]]:
    return is_table(block) and str(block.get("type")).endswith("tool_result")


def _assistant(content: object) -> Turn:
    if isinstance(content, str):
        return Turn(role="assistant", content=content)
    blocks = [one for one in items(content) if is_table(one)]
    calls = tuple(
        call(one.get("id"), one.get("name"), one.get("input")) for one in blocks if text(one.get("type")) in _CALLS
    )
    return Turn(role="assistant", content=said([one for one in blocks if one.get("type") == "text"]), calls=calls)
