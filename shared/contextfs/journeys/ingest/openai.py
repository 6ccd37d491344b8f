"""Calls of models in OpenAI's form: a request with its messages, and the response to it; chat completions or responses.

`{"conversation_id": …, "messages": […], "choices": […]}`, with the request under `request` and the response under
`response` if one likes. Each call holds the conversation so far, so `history.py` knows what came before.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contextfs.domain.sessions.model import NewMessage
from contextfs.journeys.ingest import history
from contextfs.journeys.ingest.heard import Heard
from contextfs.journeys.ingest.said import id_of, inside, line_of, listed, moment_of, parsed, role_of, text_of
from contextfs.kit.errors import Invalid

_IDS = ("conversation_id", "session_id", "thread_id", "conversation")
_MOST_CALLS = 500


def read(payload: Any, heard: Heard, conversation: str | None) -> None:
    """Read a call, or a list of them."""
    for place, call in enumerate(listed(payload) or [payload]):
        _read_call(call, heard, conversation, f"$[{place}]" if isinstance(payload, list) else "$")


def _read_call(call: Any, heard: Heard, conversation: str | None, where: str) -> None:
    request = inside(call, "request") or call
    response = inside(call, "response") or call
    name = _conversation(call, request) or conversation
    if name is None:
        detail = "Which conversation is this? Say it as `conversation_id`, or in the address as ?conversation=…"
        raise Invalid(detail, where=where)
    at = moment_of(inside(response, "created") or inside(response, "created_at") or inside(call, "created"))
    asked = [*_instructions(request), *_items(inside(request, "messages")), *_items(inside(request, "input"))]
    replied = [inside(choice, "message") for choice in listed(inside(response, "choices"))]
    replied += _items(inside(response, "output"))
    model = line_of(inside(response, "model") or inside(request, "model"))
    messages = [one for item in asked for one in _message(heard, where, item, at, None)]
    messages += [one for item in replied for one in _message(heard, where, item, at, model)]
    if not messages:
        heard.refuse(where, "There are no messages in this call.")
        return
    usage = inside(response, "usage")
    heard.add(
        name,
        list(history.named(messages)),
        model=model,
        ended=inside(call, "complete") is True,
        input_tokens=_tokens(usage, "prompt_tokens", "input_tokens"),
        output_tokens=_tokens(usage, "completion_tokens", "output_tokens"),
    )


def _conversation(call: Any, request: Any) -> str | None:
    """Find the conversation's id, where programs tend to put it."""
    for one in (call, request, inside(call, "metadata"), inside(request, "metadata")):
        for name in _IDS:
            value = inside(one, name)
            found = id_of(inside(value, "id") if isinstance(value, dict) else value)
            if found is not None:
                return found
    return None


def _instructions(request: Any) -> Iterator[Any]:
    if isinstance(text := inside(request, "instructions"), str):
        yield {"role": "system", "content": text}


def _items(value: Any) -> list[Any]:
    return [{"role": "user", "content": value}] if isinstance(value, str) else listed(value)


def _message(heard: Heard, where: str, item: Any, at: datetime | None, model: str | None) -> list[NewMessage]:
    """Make a message of a chat message, or of an item of the Responses API."""
    kind = inside(item, "type")
    if kind == "reasoning":
        return []
    told: dict[str, Any] = {
        "role": role_of(inside(item, "role")) or inside(item, "role"),
        "content": text_of(inside(item, "content")) or text_of(inside(item, "refusal")),
        "tool_calls": _calls(inside(item, "tool_calls")),
        "model": model,
        "created_at": at,
    }
    speaker, answers = line_of(inside(item, "name")), id_of(inside(item, "tool_call_id") or inside(item, "call_id"))
    if kind == "function_call":
        told |= {"role": "assistant", "tool_calls": [_call(inside(item, "call_id"), item)]}
    elif kind == "function_call_output":
        told |= {"role": "tool", "content": text_of(inside(item, "output"))}
    if told["role"] == "tool" and answers is not None:
        told["metadata"] = {"tool_call_id": answers}
    elif speaker is not None:
        told["metadata"] = {"speaker": speaker}
    return heard.message(where, told)


def _calls(value: Any) -> list[Any]:
    return [_call(inside(one, "id"), inside(one, "function") or one) for one in listed(value)[:_MOST_CALLS]]


def _call(name: Any, function: Any) -> Any:
    arguments = parsed(inside(function, "arguments"))
    return {"id": line_of(name), "name": line_of(inside(function, "name"), 300) or "unknown", "input": arguments}


def _tokens(usage: Any, *names: str) -> int:
    found = next((inside(usage, name) for name in names if isinstance(inside(usage, name), int)), 0)
    return max(0, min(int(found), 2_000_000_000))
