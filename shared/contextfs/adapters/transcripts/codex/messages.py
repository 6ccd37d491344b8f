"""Turns the items of a rollout into messages."""

import re
from collections.abc import Iterator
from typing import Any

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.codex.fragments import is_harness, is_typed, kinds_of
from contextfs.adapters.transcripts.codex.reader import Record
from contextfs.adapters.transcripts.model import Source, ToolCall, TranscriptMessage
from contextfs.adapters.transcripts.shapes import items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

_CALLS = (
    "function_call",
    "custom_tool_call",
    "local_shell_call",
    "web_search_call",
    "tool_search_call",
    "mcp_tool_call",
)
_OUTPUTS = (
    "function_call_output",
    "custom_tool_call_output",
    "local_shell_call_output",
    "tool_search_output",
    "mcp_tool_call_output",
)
_HOOKS = "hooks.additional_context"
_OF_EDITOR = (
    "# Context from my IDE setup:",
    "# Selected text:",
    "# Files mentioned by the user:",
    "# Applications mentioned by the user:",
    "# Response annotations:",
    "# Diff comments:",
    "# Browser comments:",
    "# MCP app context:",
    "# Failing PR checks:",
    "# Pull request merge conflict:",
    "# Chrome tabs:",
    "# In app browser:",
    "<in-app-browser-context ",
    "## Prior conversation with Codex:",
    "## Referenced chats with Codex:",
    "## Referenced ChatGPT conversation:",
    "## Code review guidelines:",
    "## Pull request fix:",
    "## Pull request merge task:",
    "## Auto resolve merge:",
    "The attached pasted text file(s) contain the user's request.",
)
_REQUEST = re.compile(r"^## My request(?: for Codex)?:[ \t]*$", re.MULTILINE)
_IMAGE = re.compile(r"</?image\b[^<>]*>")


class Speaker:
    """Makes messages of one rollout's items. In a thread that another agent started, nobody types."""

    def __init__(self, tally: Tally) -> None:
        self.is_subagent = False
        self._tally = tally
        self._names = turns.Names()
        self.model: str | None = None

    def messages(self, record: Record) -> Iterator[TranscriptMessage]:
        """Give what one item says; reasoning and what Codex tells the model about itself are counted, not given."""
        item = record.payload
        kind = record.type
        if kind == "message":
            made = self._said(record, item)
        elif kind in _CALLS:
            made = self._called(record, item, kind)
        elif kind in _OUTPUTS:
            made = self._answered(record, item)
        elif kind == "agent_message":
            made = turns.note(_written(item.get("content")), "meta", self._place(record))
        else:
            made = None
        if made:
            yield made
        elif kind != "message":
            self._tally.add("thinking") if kind == "reasoning" else self._tally.add_of("item", kind)

    def summary(self, record: Record) -> TranscriptMessage | None:
        """Give the summary that a compaction left, where it is readable."""
        said = text(record.payload.get("message")) or ""
        return turns.note(said, "summary", self._place(record))

    def _said(self, record: Record, item: dict[str, Any]) -> TranscriptMessage | None:
        said = _written(item.get("content"))
        role = item.get("role")
        if role == "user":
            is_person = not self.is_subagent and _is_person(item)
            made = turns.prompt(
                _requested(said, self._tally),
                self._place(record),
                is_person=is_person,
                is_typed=is_typed(item) or "user" in _origins(item),
            )
        elif role == "assistant":
            made = turns.reply(said, self._place(record), model=self.model)
        elif _HOOKS in kinds_of(item):
            made = turns.note(_hooked(item), "injected", self._place(record))
        else:
            self._tally.add_of("instructions", role)
            return None
        if made is None:
            self._tally.add("empty")
        return made

    def _called(self, record: Record, item: dict[str, Any], kind: str) -> TranscriptMessage | None:
        name = text(item.get("name")) or kind.removesuffix("_call")
        given = next((item[key] for key in ("arguments", "input", "action") if item.get(key) is not None), None)
        place = self._place(record)
        call: ToolCall = turns.call(
            text(item.get("call_id")) or text(item.get("id")),
            name,
            given,
            fallback_id=place.external_id,
            tally=self._tally,
        )
        return turns.reply("", place, calls=[call], model=self.model)

    def _answered(self, record: Record, item: dict[str, Any]) -> TranscriptMessage:
        output = item.get("output", item.get("tools"))
        return turns.result(
            _output(output),
            self._place(record),
            call_id=text(item.get("call_id")),
            is_error=table(output).get("success") is False,
        )

    def _place(self, record: Record) -> turns.Place:
        """Say when and where an item was written, and by what name it is known in every copy of the history."""
        own = text(record.payload.get("id"))
        source: Source | None = record.line.source() if record.line else None
        external_id = self._names.once(own) if own else self._names.of(record.payload)
        return turns.Place(external_id=external_id, tally=self._tally, at=moment(record.timestamp), source=source)


def _is_person(item: dict[str, Any]) -> bool:
    """Tell who wrote a message in the user's name: by what the version says, else by how the harness marks its own."""
    origins = _origins(item)
    return "user" in origins if origins else not is_harness(item)


def _requested(said: str, tally: Tally) -> str:
    """Take out what an editor put before the words of a person: they begin at the first heading that says so.

    A later one is theirs, and so is one in a text that does not begin as an editor's does.
    """
    heading = _REQUEST.search(said) if said.startswith(_OF_EDITOR) else None
    request = said[heading.end() :].strip() if heading else ""
    if not request:
        return said
    tally.add("injected:ide_context")
    return request


def _written(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = (_part(table(part)) for part in items(content))
    return "\n\n".join(part for part in parts if part)


def _part(part: dict[str, Any]) -> str:
    if part.get("type") == "input_image":
        return "[image]" if part.get("image_url") else ""
    said = text(part.get("text")) or ""
    return "" if _IMAGE.fullmatch(said.strip()) else said


def _output(output: object) -> str:
    whole = table(output)
    if whole:
        return text(whole.get("content")) or text(whole.get("text")) or _written(whole.get("content"))
    return _written(output)


def _origins(item: dict[str, Any]) -> list[Any]:
    """Give who wrote each part, where the version tells it."""
    told = items(table(item.get("internal_chat_message_metadata_passthrough")).get("content_item_metadata"))
    return [origin for part in told if (origin := table(table(part).get("provenance")).get("type"))]


def _hooked(item: dict[str, Any]) -> str:
    """Give the parts that hooks added, without the instructions beside them."""
    parts = zip(items(item.get("content")), kinds_of(item), strict=False)
    return "\n\n".join(_part(table(part)) for part, kind in parts if kind == _HOOKS)
