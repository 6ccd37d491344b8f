"""A model's provider for tests: speaks OpenAI's and Anthropic's APIs as their libraries read them, from a script."""

import asyncio
import gzip
import json
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

SSE = "text/event-stream; charset=utf-8"
_HELD_SECONDS = 60


@dataclass
class Model:
    """What it says next, what it was asked, and how it misbehaves."""

    says: list[Any] = field(default_factory=list[Any])
    """Texts, or (name, arguments) of a tool call, one for each request; then it says "Noted."."""
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    status: int = 200
    cut_after: int | None = None
    """Parts of a stream after which the connection breaks."""
    packed: bool = False
    slow: float = 0.0
    held: threading.Event | None = None
    """What the second part of a stream waits for."""
    gone: int = 0
    sent: list[bytes] = field(default_factory=list[bytes])

    def app(self) -> Starlette:
        """Give the provider as an app."""
        paths = ("/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/embeddings", "/v1/files")
        return Starlette(routes=[Route(path, self.answer, methods=["GET", "POST"]) for path in paths])

    async def answer(self, request: Request) -> Response:
        """Answer a request."""
        self.headers.append(dict(request.headers))
        try:
            body = await request.body()
        except ClientDisconnect:
            self.gone += 1
            raise
        asked = json.loads(body) if body[:1] == b"{" else {"bytes": len(body)}
        self.asked.append(asked)
        if self.status != 200:
            told = {"type": "error", "error": {"type": "overloaded_error", "message": "Too busy.", "code": "busy"}}
            return JSONResponse(told, self.status, headers={"retry-after": "0", "x-request-id": "req-1"})
        if request.url.path in {"/v1/embeddings", "/v1/files"}:
            return JSONResponse({"object": "list", "data": [], "model": "m", "usage": asked})
        said = self.says.pop(0) if self.says else "Noted."
        name = request.url.path.rsplit("/", 1)[-1]
        whole = {"completions": chat, "responses": response, "messages": message}[name](said, len(self.asked))
        if not asked.get("stream"):
            return self._whole(json.dumps(whole).encode())
        parts = [*{"completions": chat_events, "responses": response_events, "messages": message_events}[name](whole)]
        return StreamingResponse(self._streamed(parts), media_type=SSE, headers=self._packing())

    def _whole(self, body: bytes) -> Response:
        packed = gzip.compress(body) if self.packed else body
        return Response(packed, media_type="application/json", headers=self._packing())

    def _packing(self) -> dict[str, str]:
        return {"content-encoding": "gzip"} if self.packed else {}

    async def _streamed(self, parts: list[bytes]) -> AsyncIterator[bytes]:
        if self.packed:
            parts = [gzip.compress(b"".join(parts))]
        try:
            for number, part in enumerate(parts):
                if number == self.cut_after:
                    raise ConnectionError
                self.sent.append(part)
                yield part
                await asyncio.sleep(self.slow)
                if self.held is not None:
                    await asyncio.to_thread(self.held.wait, _HELD_SECONDS)
        except asyncio.CancelledError:
            self.gone += 1
            raise


def chat(said: Any, number: int) -> dict[str, Any]:
    """Give a whole reply of `/chat/completions`."""
    reply: dict[str, Any] = {"role": "assistant", "content": said if isinstance(said, str) else None}
    if not isinstance(said, str):
        function = {"name": said[0], "arguments": json.dumps(said[1])}
        reply["tool_calls"] = [{"id": f"call_{number}", "type": "function", "function": function}]
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    choice = {"index": 0, "message": reply, "finish_reason": "stop" if isinstance(said, str) else "tool_calls"}
    about = {"id": f"chatcmpl-{number}", "object": "chat.completion", "created": 1, "model": "model-1"}
    return about | {"choices": [choice], "usage": usage}


def chat_events(whole: dict[str, Any]) -> Iterator[bytes]:
    """Give the same as a stream."""
    [choice] = whole["choices"]
    about = {name: whole[name] for name in ("id", "created", "model")} | {"object": "chat.completion.chunk"}

    def chunk(delta: dict[str, Any], end: str | None = None) -> bytes:
        return event(about | {"choices": [{"index": 0, "delta": delta, "finish_reason": end}]})

    yield chunk({"role": "assistant", "content": ""})
    for piece in pieces(choice["message"]["content"] or ""):
        yield chunk({"content": piece})
    for place, call in enumerate(choice["message"].get("tool_calls", ())):
        arguments = call["function"]["arguments"]
        yield chunk({"tool_calls": [call | {"index": place, "function": call["function"] | {"arguments": ""}}]})
        for piece in pieces(arguments):
            yield chunk({"tool_calls": [{"index": place, "function": {"arguments": piece}}]})
    yield chunk({}, choice["finish_reason"])
    yield event(about | {"choices": [], "usage": whole["usage"]})
    yield b"data: [DONE]\n\n"


def response(said: Any, number: int) -> dict[str, Any]:
    """Give a whole reply of `/responses`."""
    text: dict[str, Any] = {"type": "output_text", "text": said, "annotations": []}
    item: dict[str, Any] = {"type": "message", "id": f"msg_{number}", "role": "assistant", "content": [text]}
    if not isinstance(said, str):
        arguments = json.dumps(said[1])
        item = {
            "type": "function_call",
            "call_id": f"call_{number}",
            "id": "f",
            "name": said[0],
            "arguments": arguments,
        }
    usage = {
        "input_tokens": 100,
        "input_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 0},
        "output_tokens": 10,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 110,
    }
    about = {"id": f"resp_{number}", "object": "response", "created_at": 1, "model": "model-1", "status": "completed"}
    rest: dict[str, Any] = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    return about | rest | {"output": [item | {"status": "completed"}], "usage": usage}


def response_events(whole: dict[str, Any]) -> Iterator[bytes]:
    """Give the same as a stream."""
    [item] = whole["output"]
    empty: dict[str, Any] = whole | {"output": [], "status": "in_progress", "usage": None}
    numbered = iter(range(10_000))

    def told(kind: str, **more: Any) -> bytes:
        return event({"type": kind, "sequence_number": next(numbered), **more}, kind)

    yield told("response.created", response=empty)
    yield told("response.output_item.added", output_index=0, item=item | {"content": []})
    where = {"output_index": 0, "content_index": 0, "item_id": item["id"]}
    for part in item.get("content", ()):
        yield told("response.content_part.added", **where, part=part | {"text": ""})
        for piece in pieces(part["text"]):
            yield told("response.output_text.delta", **where, delta=piece, logprobs=[])
        yield told("response.output_text.done", **where, text=part["text"], logprobs=[])
    yield told("response.output_item.done", output_index=0, item=item)
    yield told("response.completed", response=whole)


def message(said: Any, number: int) -> dict[str, Any]:
    """Give a whole reply of `/v1/messages`."""
    block: dict[str, Any] = {"type": "text", "text": said}
    if not isinstance(said, str):
        block = {"type": "tool_use", "id": f"toolu_{number}", "name": said[0], "input": said[1]}
    usage = {"input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 40}
    about = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": "model-1"}
    stop = "end_turn" if isinstance(said, str) else "tool_use"
    return about | {"content": [block], "stop_reason": stop, "stop_sequence": None, "usage": usage}


def message_events(whole: dict[str, Any]) -> Iterator[bytes]:
    """Give the same as a stream."""
    [block] = whole["content"]
    is_text = block["type"] == "text"

    def told(kind: str, **more: Any) -> bytes:
        return event({"type": kind, **more}, kind)

    yield told("message_start", message=whole | {"content": [], "stop_reason": None})
    yield told("content_block_start", index=0, content_block=block | ({"text": ""} if is_text else {"input": {}}))
    for piece in pieces(block["text"] if is_text else json.dumps(block["input"])):
        delta = (
            {"type": "text_delta", "text": piece} if is_text else {"type": "input_json_delta", "partial_json": piece}
        )
        yield told("content_block_delta", index=0, delta=delta)
    yield told("content_block_stop", index=0)
    yield told("message_delta", delta={"stop_reason": whole["stop_reason"]}, usage={"output_tokens": 10})
    yield told("message_stop")


def event(value: Any, name: str | None = None) -> bytes:
    """Write an event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(value)}\n\n".encode()


def pieces(text: str) -> Iterator[str]:
    """Part a text as models do, in words of a few letters."""
    for start in range(0, len(text), 5):
        yield text[start : start + 5]
