"""OpenAI's `/chat/completions`, which most other providers speak as well: what is asked, and what is replied."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from contextfs.domain.sessions.model import ToolCall
from contextfs.kit.shapes import count, is_table, items, table, text
from contextfs.recording.model import Asked, Replied, Turn
from contextfs.recording.speech import call, joined, said

_ONE_TOKEN = 1


def asked(request: dict[str, Any]) -> Asked:
    """Read a request; what the system and the developer say are instructions, and no part of a conversation."""
    most = request.get("max_completion_tokens", request.get("max_tokens"))
    return Asked(turns=list(joined(_turns(request))), model=text(request.get("model")), is_probe=most == _ONE_TOKEN)


def replied(reply: dict[str, Any]) -> Replied:
    """Read a whole reply; of several choices the first is the one that is read on."""
    choice = table(next(iter(items(reply.get("choices"))), None))
    message = table(choice.get("message"))
    turn = _assistant(message) if message else None
    return _reply(reply, turn)


def assembled(events: Iterable[dict[str, Any]]) -> Replied:
    """Read a streamed reply, as far as it came; figures stand in its last chunk."""
    content: list[str] = []
    calls: dict[int, dict[str, Any]] = {}
    known: dict[str, Any] = {}
    is_over = False
    for event in events:
        is_over = is_over or bool(event.get("done"))
        known |= {name: event[name] for name in ("id", "model", "usage") if event.get(name)}
        for choice in items(event.get("choices")):
            is_over = is_over or bool(table(choice).get("finish_reason"))
            if count(table(choice).get("index")) == 0:
                _add(table(table(choice).get("delta")), content, calls)
    tool_calls = tuple(_call(one) for _, one in sorted(calls.items()))
    turn = Turn(role="assistant", content="".join(content), calls=tool_calls) if content or calls else None
    return msgspec.structs.replace(_reply(known, turn), is_cut=not is_over)


def _turns(request: dict[str, Any]) -> Iterator[Turn]:
    for message in items(request.get("messages")):
        if not is_table(message):
            continue
        match message.get("role"):
            case "user":
                yield Turn(role="user", content=said(message.get("content")))
            case "assistant":
                yield _assistant(message)
            case "tool" | "function":
                answers = text(message.get("tool_call_id")) or text(message.get("name"))
                yield Turn(role="tool", content=said(message.get("content")), answers=answers)
            case _:
                continue


def _assistant(message: dict[str, Any]) -> Turn:
    content = said(message.get("content")) or text(message.get("refusal")) or ""
    calls = [_call(table(one)) for one in items(message.get("tool_calls"))]
    old = table(message.get("function_call"))  # what `tool_calls` was before 2023-11
    calls += [call(None, old.get("name"), old.get("arguments"))] if old else []
    return Turn(role="assistant", content=content, calls=tuple(calls))


def _call(one: dict[str, Any]) -> ToolCall:
    what = table(one.get("function")) or table(one.get("custom"))
    return call(one.get("id"), what.get("name"), what.get("arguments", what.get("input")))


def _add(delta: dict[str, Any], content: list[str], calls: dict[int, dict[str, Any]]) -> None:
    """Add what a chunk brings: texts and arguments come in pieces, ids and names once."""
    content += [piece for name in ("content", "refusal") if (piece := text(delta.get(name)))]
    for part in items(delta.get("tool_calls")):
        one = calls.setdefault(count(table(part).get("index")), {"function": {"name": "", "arguments": ""}})
        one["id"] = table(part).get("id") or one.get("id")
        for kind in ("function", "custom"):
            for name, into in (("name", "name"), ("arguments", "arguments"), ("input", "arguments")):
                one["function"][into] += text(table(table(part).get(kind)).get(name)) or ""


def _reply(known: dict[str, Any], turn: Turn | None) -> Replied:
    usage = table(known.get("usage"))
    return Replied(
        turn=turn,
        id=text(known.get("id")),
        model=text(known.get("model")),
        input_tokens=count(usage.get("prompt_tokens")),
        output_tokens=count(usage.get("completion_tokens")),
        more={
            "cache_read_tokens": count(table(usage.get("prompt_tokens_details")).get("cached_tokens")),
            "reasoning_tokens": count(table(usage.get("completion_tokens_details")).get("reasoning_tokens")),
        },
    )
