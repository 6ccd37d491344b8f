"""Turns Cline's messages into ours: a person's words stand in tags among what the tool writes in the user's name."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.elements import Lines, is_whole
from contextfs.adapters.transcripts.model import TranscriptMessage
from contextfs.adapters.transcripts.shapes import count, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

_TYPED = Lines("user_input", "task", "feedback", "user_message", "answer", "new_message")
_ANSWERED = Lines("feedback", "user_message", "answer")
_RESULT = re.compile(r"\[(\w+)(?: for [^\n]*)?\] Result:")
_DETAILS = ("environment_details",)
_BEHIND = ("<", "# TODO LIST", "# task_progress")
_MACHINE = (
    "[ERROR] You did not use a tool",
    "[TASK RESUMPTION]",
    "The user provided the following feedback:",
    "# TODO LIST UPDATE REQUIRED",
)


class Speaker:
    """Makes messages of one session's entries. Where a person's words stand in tags, the rest is the tool's.

    The first text of the session tells whether they do: what is said later may speak of such a tag, or quote one.
    """

    def __init__(self, entries: Iterable[dict[str, Any]], tally: Tally) -> None:
        self._tally = tally
        self._names = turns.Names()
        self._is_tagged = next(map(_is_tagged, _texts(entries)), False)

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
                typed += _ANSWERED.within(output)
            elif kind == "text":
                said = text(block.get("text")) or ""
                words = self._words(said)
                typed += words
                if not words and _RESULT.match(said):
                    yield turns.result(said, place.called(f"{name}#{n}"))
                elif not words and said.strip():
                    yield from self._untagged(said, n, place)
            elif kind != "image":
                self._tally.add_of("block", kind)
        made = turns.prompt("\n\n".join(typed), place)
        yield from [made] if made else []

    def _words(self, said: str) -> list[str]:
        """Give the words of a person that stand in tags; a tag that is quoted in what they typed is part of it."""
        if _is_tagged(said) or (self._is_tagged and _begins_tagged(said)):
            return _TYPED.within(said)
        return _ANSWERED.within(said) if self._is_tagged or _is_machine(said) or _RESULT.match(said) else []

    def _untagged(self, said: str, n: int, place: turns.Place) -> Iterator[TranscriptMessage]:
        """Read a text without tags: the tool's own, unless nothing says so."""
        is_person = not self._is_tagged and not _is_machine(said)
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


def _texts(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Give the texts in the user's name that tell how this version writes them: its notices do not."""
    for entry in entries:
        if entry.get("role") != "user" or entry.get("isSummary") is True or entry.get("isTruncationMarker") is True:
            continue
        content = entry.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else map(table, items(content))
        for said in (text(block.get("text")) or "" for block in blocks if block.get("type") == "text"):
            if said.strip() and not _is_machine(said) and not _RESULT.match(said):
                yield said


def _is_tagged(said: str) -> bool:
    """Tell whether a text is a person's words in tags, as this tool writes them: only what it adds stands behind."""
    rest = _TYPED.without(said).strip()
    return _begins_tagged(said) and (not rest or rest.startswith(_BEHIND))


def _begins_tagged(said: str) -> bool:
    return next((not said[:start].strip() for start, _, _ in _TYPED.spans(said)), False)


def _is_machine(said: str) -> bool:
    return said.lstrip().startswith(_MACHINE) or is_whole(said, _DETAILS)


def _output(content: object) -> str:
    """Give a result's text: plain, in blocks, or as the outcome of each of several commands."""
    if isinstance(content, str):
        return content
    parts = (table(part) for part in items(content))
    return "\n".join(
        text(part.get("text")) or text(part.get("result")) or text(part.get("error")) or "" for part in parts
    )
