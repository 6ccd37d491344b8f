"""Conversations in telemetry: OpenTelemetry's semantic conventions for generative AI, in the spellings that are in use.

https://github.com/open-telemetry/semantic-conventions-genai. A call of a model tells its messages
- as attributes `gen_ai.input.messages`, `gen_ai.output.messages`, `gen_ai.system_instructions` of its span, or of the
  event `gen_ai.client.inference.operation.details`;
- before that as events of one message each, `gen_ai.user.message` … `gen_ai.choice`;
- or as `gen_ai.prompt` and `gen_ai.completion`, in JSON or as `gen_ai.prompt.0.content`.
Claude Code, Codex and Gemini CLI have log events of their own: `….user_prompt`, `….assistant_response`,
`….tool_result`. The spans of agents and tools are passed over: the calls of models hold what is said in them.

A conversation is `gen_ai.conversation.id`, else the session's id, else the trace.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from contextfs.domain.sessions.model import NewMessage
from contextfs.journeys.ingest import history
from contextfs.journeys.ingest.heard import Heard
from contextfs.journeys.ingest.said import id_of, inside, line_of, listed, parsed, role_of, text_of

_CONVERSATIONS = (
    "gen_ai.conversation.id",
    "session.id",
    "conversation.id",
    "traceloop.association.properties.session_id",
)
_CALLS = {None, "chat", "text_completion", "generate_content"}
_MESSAGE = re.compile(r"gen_ai\.(system|user|assistant|tool)\.message")
_OWN = re.compile(r"(?:claude_code|codex|gemini_cli)?\.?(user_prompt|assistant_response|tool_result)")
_NUMBERED = re.compile(r"gen_ai\.(prompt|completion)\.(\d{1,4})\.(role|content)")
_HIDDEN = {"", "<REDACTED>", "[REDACTED]"}


class Signal(NamedTuple):
    """A span, one of its events, or a log record, with the attributes of all that it belongs to."""

    name: str
    trace_id: str
    span_id: str
    at: datetime | None
    attributes: dict[str, Any]
    body: Any
    is_event: bool

    def said(self, *names: str) -> Any:
        """Give the first attribute that is there."""
        return next((self.attributes[name] for name in names if self.attributes.get(name) is not None), None)

    @property
    def conversation(self) -> str | None:
        """The id of the conversation that it belongs to."""
        return id_of(self.said(*_CONVERSATIONS)) or (f"trace:{self.trace_id}" if self.trace_id else None)


def read(signals: Iterable[Signal], heard: Heard) -> int:
    """Read what telemetry tells of conversations; gives how many signals told something that could not be kept."""
    lost = 0
    single: dict[tuple[str, str], list[NewMessage]] = defaultdict(list)
    for place, signal in enumerate(signals):
        where = f"[{place}]"
        told = list(_told(signal))
        whole = list(_whole(signal))
        if not told and not whole:
            continue
        name = signal.conversation
        if name is None:
            heard.refuse(where, "It names no conversation, and belongs to no trace.")
            lost += 1
            continue
        made = [one for item in told + whole for one in heard.message(where, item)]
        lost += len(made) < len(told) + len(whole)
        if told:
            single[name, signal.span_id].extend(made)
            heard.add(name, [], **_facts(signal))
        else:
            heard.add(name, list(history.named(made)), **_facts(signal))
    for (name, _), messages in single.items():
        heard.add(name, list(history.counted(messages)))
    return lost


def _facts(signal: Signal) -> dict[str, Any]:
    service = line_of(signal.said("service.name"))
    return {
        "model": line_of(signal.said("gen_ai.response.model", "gen_ai.request.model", "model"), 1000),
        "metadata": {"service": service} if service else {},
    }


def _whole(signal: Signal) -> Iterator[dict[str, Any]]:
    """Give the messages of a call of a model that tells all of them."""
    if signal.said("gen_ai.operation.name") not in _CALLS or (
        signal.is_event
        and "gen_ai.content" not in signal.name
        and signal.name != "gen_ai.client.inference.operation.details"
    ):
        return
    common = {"created_at": signal.at}
    reply = common | {"model": line_of(signal.said("gen_ai.response.model", "gen_ai.request.model"), 1000)}
    instructions = text_of(parsed(signal.said("gen_ai.system_instructions")))
    if instructions:
        yield common | {"role": "system", "content": instructions}
    for item in _items(parsed(signal.said("gen_ai.input.messages", "gen_ai.prompt")), "user"):
        yield common | item
    for item in _numbered(signal.attributes, "prompt", "user"):
        yield common | item
    for item in _items(parsed(signal.said("gen_ai.output.messages", "gen_ai.completion")), "assistant"):
        yield reply | item
    for item in _numbered(signal.attributes, "completion", "assistant"):
        yield reply | item


def _told(signal: Signal) -> Iterator[dict[str, Any]]:
    """Give the one message of an event that tells one."""
    common: dict[str, Any] = {"created_at": signal.at}
    if signal.is_event and (found := _MESSAGE.fullmatch(signal.name)):
        yield common | _item(signal.body if signal.body is not None else signal.attributes, found[1])
    elif signal.is_event and signal.name == "gen_ai.choice":
        said = inside(signal.body, "message") or signal.body or signal.attributes
        yield common | _item(said, "assistant")
    elif signal.is_event and (own := _OWN.fullmatch(signal.name)):
        yield from (common | item for item in _own(signal, own[1]))


def _own(signal: Signal, kind: str) -> Iterator[dict[str, Any]]:
    """Give the message of an event that a coding agent has of its own; what it hides is not there."""
    text = line_of(
        signal.said({"user_prompt": "prompt", "assistant_response": "response"}.get(kind, "output")), 2_000_000
    )
    role = {"user_prompt": "user", "assistant_response": "assistant"}.get(kind, "tool")
    if text is None or text in _HIDDEN:
        return
    known = {"tool": line_of(signal.said("tool_name")), "tool_call_id": line_of(signal.said("call_id", "tool_use_id"))}
    yield {
        "role": role,
        "content": text,
        "external_id": id_of(signal.said("message.uuid", "call_id")),
        "model": line_of(signal.said("model"), 1000) if role == "assistant" else None,
        "metadata": {name: value for name, value in known.items() if value} if role == "tool" else {},
    }


def _items(value: Any, role: str) -> Iterator[dict[str, Any]]:
    """Give the messages of a list, or of a text that is one."""
    if isinstance(value, str) and value:
        yield {"role": role, "content": value}
    if inside(value, "role") is not None:
        yield _item(value, role)
    for one in listed(value):
        yield _item(one, role)


def _item(said: Any, role: str) -> dict[str, Any]:
    """Make a message of one in the conventions' form, `{role, parts}`, or in OpenAI's, `{role, content}`."""
    parts = listed(inside(said, "parts"))
    texts = [one for one in parts if inside(one, "type") == "text"]
    answers = [one for one in parts if inside(one, "type") == "tool_call_response"]
    calls = [one for one in parts if inside(one, "type") == "tool_call"] or listed(inside(said, "tool_calls"))
    content = [inside(one, "content") for one in texts]
    content += [inside(one, "response") or inside(one, "result") for one in answers]
    known = role_of(inside(said, "role")) or role
    answered = id_of(inside(answers[0], "id")) if answers else id_of(inside(said, "id")) if known == "tool" else None
    return {
        "role": "tool" if answers and not texts else known,
        "content": text_of([text_of(one) for one in content]) if parts else text_of(inside(said, "content")),
        "tool_calls": [_call(one) for one in calls[:500]],
        "metadata": {"tool_call_id": answered} if answered else {},
    }


def _call(one: Any) -> dict[str, Any]:
    function = inside(one, "function") or one
    return {
        "id": line_of(inside(one, "id")),
        "name": line_of(inside(function, "name"), 300) or "unknown",
        "input": parsed(inside(function, "arguments")),
    }


def _numbered(attributes: dict[str, Any], kind: str, role: str) -> Iterator[dict[str, Any]]:
    """Give the messages of `gen_ai.prompt.0.role`, `gen_ai.prompt.0.content` and so on."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for name, value in attributes.items():
        if (match := _NUMBERED.fullmatch(name)) and match[1] == kind:
            found[int(match[2])][match[3]] = parsed(value) if match[3] == "content" else value
    for _, said in sorted(found.items()):
        yield _item(said, role)
