"""OpenAI's `/responses`: items instead of messages, and conversations that the server keeps."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from contextfs.kit.shapes import count, is_table, items, table, text
from contextfs.recording.model import Asked, Replied, Turn
from contextfs.recording.speech import call, joined, said

_LAST = frozenset({"response.completed", "response.incomplete", "response.failed"})
_INPUTS = ("arguments", "input", "action", "queries", "code", "operation")


def asked(request: dict[str, Any]) -> Asked:
    """Read a request; with `previous_response_id` it holds only what is new."""
    given = request.get("input")
    turns = [Turn(role="user", content=given)] if isinstance(given, str) else joined(_turns(items(given)))
    conversation = request.get("conversation")
    return Asked(
        turns=list(turns),
        model=text(request.get("model")),
        after=text(request.get("previous_response_id")),
        session=text(conversation) or text(table(conversation).get("id")),
    )


def replied(reply: dict[str, Any]) -> Replied:
    """Read a whole reply: everything in it is one turn of the assistant, whatever ran in between."""
    turns = [one for one in _turns(items(reply.get("output"))) if one.role == "assistant"]
    usage = table(reply.get("usage"))
    return Replied(
        turn=next(joined(turns), None),
        id=text(reply.get("id")),
        model=text(reply.get("model")),
        input_tokens=count(usage.get("input_tokens")),
        output_tokens=count(usage.get("output_tokens")),
        more={
            "cache_read_tokens": count(table(usage.get("input_tokens_details")).get("cached_tokens")),
            "reasoning_tokens": count(table(usage.get("output_tokens_details")).get("reasoning_tokens")),
        },
    )


def assembled(events: Iterable[dict[str, Any]]) -> Replied:
    """Read a streamed reply: its last event holds all of it; of one that was cut, what came."""
    known: dict[str, Any] = {}
    done: list[Any] = []
    pending: list[str] = []
    for event in events:
        kind = text(event.get("type"))
        if kind in _LAST:
            return replied(table(event.get("response")))
        known = known or table(event.get("response"))
        if kind == "response.output_item.done":
            done.append(event.get("item"))
            pending = []
        elif kind in {"response.output_text.delta", "response.refusal.delta"}:
            pending.append(text(event.get("delta")) or "")
    if any(pending):
        done.append({"role": "assistant", "content": "".join(pending)})
    return msgspec.structs.replace(replied(known | {"output": done}), is_cut=True)


def _turns(given: Iterable[Any]) -> Iterator[Turn]:
    for item in given:
        if not is_table(item):
            continue
        kind = text(item.get("type")) or "message"
        if kind == "message":
            yield from _message(item)
        elif kind.endswith("_output"):
            yield Turn(role="tool", content=said(item.get("output")), answers=text(item.get("call_id")))
        elif kind.endswith("_call"):
            given_to = next((item[name] for name in _INPUTS if item.get(name) is not None), None)
            one = call(item.get("call_id") or item.get("id"), item.get("name") or kind, given_to)
            yield Turn(role="assistant", calls=(one,))


def _message(item: dict[str, Any]) -> Iterator[Turn]:
    match item.get("role"):
        case "user":
            yield Turn(role="user", content=said(item.get("content")))
        case "assistant":
            yield Turn(role="assistant", content=said(item.get("content")))
        case _:
            return
