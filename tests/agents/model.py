"""A model that is none: it speaks the wires of Anthropic, OpenAI and Gemini, and answers each request alike.

What it was asked is written to a file, a line for each request, without headers: what an agent handed to its model is
read there. Standard library only, for it runs where there is no network and nothing of ours.
"""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

PORT = 8899
ANSWER = "Noted, as you say."

Event = tuple[str, Any]


class Model(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    asked: Any = None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name above
        """Say nothing."""

    def do_GET(self) -> None:
        """List the one model."""
        self._json({"object": "list", "data": [{"id": "mock-1", "object": "model"}], "models": [{"name": "mock-1"}]})

    def do_POST(self) -> None:
        """Answer, and write down what was asked."""
        body = json.loads(self._body() or b"{}")
        path = self.path.partition("?")[0]
        with open(self.asked, "a", encoding="utf-8") as file:  # noqa: PTH123 - a name is what it is given
            file.write(json.dumps({"path": path, "body": body}) + "\n")
        if path.endswith(("count_tokens", "countTokens")):
            self._json({"input_tokens": 10, "totalTokens": 10})
        elif path.endswith("/messages"):
            self._answer(body, anthropic_whole(body), anthropic(body))
        elif path.endswith("/chat/completions"):
            self._answer(body, chat_whole(), chat())
        elif path.endswith("/responses"):
            self._answer(body, response("completed"), responses())
        elif "GenerateContent" in path or "generateContent" in path:
            self._answer({"stream": "stream" in path}, gemini(), [("", gemini())])
        else:
            self._json({})

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        parts: list[bytes] = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, body: Any, whole: Any, events: Any) -> None:
        if not body.get("stream"):
            self._json(whole)
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for name, data in events:
            text = data if isinstance(data, str) else json.dumps(data)
            self.wfile.write(f"{f'event: {name}' + chr(10) if name else ''}data: {text}\n\n".encode())
        self.close_connection = True

    def _json(self, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def anthropic_whole(body: Any) -> Any:
    """Give a message of Anthropic's."""
    said = [{"type": "text", "text": ANSWER}]
    usage = {"input_tokens": 9, "output_tokens": 4}
    about = {"id": f"msg_{uuid4().hex}", "type": "message", "role": "assistant", "model": body.get("model", "mock-1")}
    return about | {"content": said, "stop_reason": "end_turn", "stop_sequence": None, "usage": usage}


def anthropic(body: Any) -> Iterator[Event]:
    """Give it as it is streamed."""
    begun = anthropic_whole(body) | {"content": [], "stop_reason": None}
    text = {"type": "text_delta", "text": ANSWER}
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    for one in (
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": text},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 4}},
        {"type": "message_stop"},
    ):
        yield str(one["type"]), one


def chat_whole() -> Any:
    """Give a completion of OpenAI's."""
    choice = {"index": 0, "message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    return {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": "chat.completion",
        "created": 1,
        "model": "mock-1",
        "choices": [choice],
        "usage": usage,
    }


def chat() -> Iterator[Event]:
    """Give it as it is streamed."""
    about = {"id": f"chatcmpl-{uuid4().hex}", "object": "chat.completion.chunk", "created": 1, "model": "mock-1"}
    for delta, why in (({"role": "assistant", "content": ANSWER}, None), ({}, "stop")):
        yield "", about | {"choices": [{"index": 0, "delta": delta, "finish_reason": why}]}
    yield "", about | {"choices": [], "usage": chat_whole()["usage"]}
    yield "", "[DONE]"


def response(status: str, name: str = "") -> Any:
    """Give a response of OpenAI's."""
    usage: Any = {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}
    usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    about = {
        "id": name or f"resp_{uuid4().hex}",
        "object": "response",
        "created_at": 1,
        "model": "mock-1",
        "status": status,
    }
    return about | {"output": [item(ANSWER)] if status == "completed" else [], "usage": usage}


def item(said: str) -> Any:
    """Give what is said in it."""
    content: Any = [{"type": "output_text", "text": said, "annotations": []}]
    return {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": content}


def responses() -> Iterator[Event]:
    """Give it as it is streamed."""
    place, name = {"output_index": 0}, f"resp_{uuid4().hex}"
    for one in (
        {"type": "response.created", "response": response("in_progress", name)},
        {"type": "response.output_item.added", "item": item("") | {"content": []}} | place,
        {"type": "response.output_text.delta", "item_id": "m1", "content_index": 0, "delta": ANSWER} | place,
        {"type": "response.output_item.done", "item": item(ANSWER)} | place,
        {"type": "response.completed", "response": response("completed", name)},
    ):
        yield str(one["type"]), one


def gemini() -> Any:
    """Give an answer of Gemini's."""
    said = {"content": {"role": "model", "parts": [{"text": ANSWER}]}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 4, "totalTokenCount": 13}
    return {"candidates": [said], "usageMetadata": usage, "modelVersion": "mock-1", "responseId": "r1"}


def served(asked: str) -> ThreadingHTTPServer:
    """Give a server that writes what it is asked to a file."""
    Model.asked = asked
    return ThreadingHTTPServer(("127.0.0.1", PORT), Model)


if __name__ == "__main__":
    served(sys.argv[1]).serve_forever()
