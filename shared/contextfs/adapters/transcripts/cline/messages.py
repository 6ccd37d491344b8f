"""Turns Cline's messages into ours: a person's words stand in tags among what the tool writes in the user's name."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.model import TranscriptMessage
from contextfs.adapters.transcripts.shapes import count, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

_TYPED = re.compile(r"<(user_input|task|feedback|user_message|answer|new_message)\b[^<>]*>\n?(.*?)\n?</\1>", re.DOTALL)
_RESULT = re.compile(r"\[(\w+)(?: for [^\n]*)?\] Result:")
_MACHINE = (
    "[ERROR]",
    "[TASK RESUMPTION]",
    "<environment_details>",
    "The user provided the following feedback:",
    "# TODO",
)


class Speaker:
    """Makes messages of one session's entries. Where a person's words stand in tags, the rest is the tool's."""

    def __init__(self, entries: Iterable[dict[str, Any]], tally: Tally) -> None:
        self._tally = tally
        self._names = turns.Names()
        self._is_tagged = any(entry.get("role") == "user" and _is_tagged(entry.get("content")) for entry in entries)

    def messages(self, number: int, entry: dict[str, Any]) -> Iterator[TranscriptMessage]:
        """Give what one entry says: results and prompts of the user's, replies of the assistant's."""
        content = entry.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else list(map(table, items(content)))
        name = text(entry.get("id"))
        name = self._names.once(name) if name else self._names.of(entry.get("role"), content)
        place = turns.Place(
            external_id=name,
            tally=self._tally,
            at=moment(entry.get("ts")),
            source=turns.source(f"messages/{number}", msgspec.json.encode(entry)),
        )
        if entry.get("isSummary") is True or entry.get("isTruncationMarker") is True:
            said = "\n\n".join(text(block.get("text")) or "" for block in blocks)
            made = turns.note(said, "summary" if entry.get("isSummary") is True else "meta", place)
            yield from [made] if made else []
            return
        match entry.get("role"):
            case "user":
                yield from self._asked(blocks, place)
            case "assistant":
                yield from self._replied(entry, blocks, place)
            case role:
                self._tally.add_of("role", role)

    def _asked(self, blocks: list[dict[str, Any]], place: turns.Place) -> Iterator[TranscriptMessage]:
        name = place.external_id
        typed: list[str] = []
        for n, block in enumerate(blocks):
            kind = block.get("type")
            if kind == "tool_result":
                call_id = text(block.get("tool_use_id"))
                output, is_error = _output(block.get("content")), block.get("is_error") is True
                named = place.called(f"{call_id or f'{name}#{n}'}/result")
                yield turns.result(output, named, call_id=call_id, is_error=is_error)
                typed += [said for _, said in _TYPED.findall(output)]
            elif kind == "text":
                said = text(block.get("text")) or ""
                words = [inner for _, inner in _TYPED.findall(said)]
                typed += words
                if not words and _RESULT.match(said):
                    yield turns.result(said, place.called(f"{name}#{n}"))
                elif not words and said.strip():
                    yield from self._untagged(said, n, place)
            elif kind != "image":
                self._tally.add_of("block", kind)
        made = turns.prompt("\n\n".join(typed), place)
        yield from [made] if made else []

    def _untagged(self, said: str, n: int, place: turns.Place) -> Iterator[TranscriptMessage]:
        """Read a text without tags: the tool's own, unless nothing says so."""
        is_person = not self._is_tagged and not said.lstrip().startswith(_MACHINE)
        made = turns.prompt(said, place.called(f"{place.external_id}#{n}"), is_person=is_person)
        yield from [made] if made else []

    def _replied(
        self, entry: dict[str, Any], blocks: list[dict[str, Any]], place: turns.Place
    ) -> Iterator[TranscriptMessage]:
        metrics = table(entry.get("metrics"))
        calls = [
            turns.call(
                text(block.get("id")),
                text(block.get("name")),
                block.get("input"),
                fallback_id=f"{place.external_id}#{n}",
                tally=self._tally,
            )
            for n, block in enumerate(blocks)
            if block.get("type") == "tool_use"
        ]
        self._tally.add("thinking", sum(block.get("type") in ("thinking", "redacted_thinking") for block in blocks))
        said = "\n\n".join(text(block.get("text")) or "" for block in blocks if block.get("type") == "text")
        made = turns.reply(
            said,
            place,
            calls=calls,
            model=text(table(entry.get("modelInfo")).get("id")) or text(table(entry.get("modelInfo")).get("modelId")),
            tokens=count(metrics.get("outputTokens")) if metrics else None,
        )
        yield from [made] if made else []


def _is_tagged(content: object) -> bool:
    if isinstance(content, str):
        return _TYPED.search(content) is not None
    return any(_TYPED.search(text(table(block).get("text")) or "") for block in items(content))


def _output(content: object) -> str:
    """Give a result's text: plain, in blocks, or as the outcome of each of several commands."""
    if isinstance(content, str):
        return content
    parts = (table(part) for part in items(content))
    return "\n".join(
        text(part.get("text")) or text(part.get("result")) or text(part.get("error")) or "" for part in parts
    )
