"""Maps the threads of `llm` (0.36 and later): a tree of messages named by their hash, and tips in it."""

from collections.abc import Iterator
from typing import Any

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, models, opening
from contextfs.adapters.transcripts.model import ToolCall, Transcript, TranscriptMessage, Usage
from contextfs.adapters.transcripts.shapes import count, document, items, moment, table, text
from contextfs.adapters.transcripts.sqlite import Base
from contextfs.adapters.transcripts.tally import Tally
from contextfs.kit.sql import load

TOOL = "llm"
SQL = load("contextfs.adapters.transcripts.llm", "sqlite.sql")

Row = dict[str, Any]


def transcripts(base: Base) -> Iterator[Transcript]:
    """Give each thread in which something was said; a fork's messages have the names that they have in its origin."""
    for thread in base.rows(SQL["threads"]):
        tally = Tally()
        calls = list(base.rows(SQL["turns"], {"id": thread["id"]}))
        messages = chained(_messages(base, str(thread["tip_message_hash"]), calls, tally))
        if not messages:
            continue
        replied = models(messages)
        times = [at for call in calls if (at := moment(call["datetime_utc"]))]
        known = {"models": replied, "forked_from": text(thread["forked_from"])}
        yield Transcript(
            tool=TOOL,
            external_id=str(thread["id"]),
            title=text(thread["name"]) or opening(messages),
            started_at=min(times, default=None) or moment(thread["datetime_utc"]),
            ended_at=max(times, default=None),
            model=replied[-1] if replied else None,
            messages=messages,
            usage=usage(calls),
            skipped=tally.counts(),
            metadata={key: value for key, value in known.items() if value},
        )


def usage(calls: list[Row]) -> Usage:
    """Add up what calls say; cached tokens are part of the input."""
    details = [table(document(str(call.get("token_details") or "").encode())) for call in calls]
    cached = [count(table(one.get("prompt_tokens_details")).get("cached_tokens")) for one in details]
    reasoning = [count(table(one.get("completion_tokens_details")).get("reasoning_tokens")) for one in details]
    return Usage(
        input_tokens=sum(count(call.get("input_tokens")) for call in calls),
        output_tokens=sum(count(call.get("output_tokens")) for call in calls),
        cache_read_tokens=sum(cached),
        reasoning_tokens=sum(reasoning),
    )


def _messages(base: Base, tip: str, calls: list[Row], tally: Tally) -> Iterator[TranscriptMessage]:
    asked = {str(call["parent_message_hash"]): call for call in calls}
    answered = {str(call["tip_message_hash"]): call for call in calls}
    for name, role, parts in _chain(base, tip):
        call = answered.get(name) or asked.get(name, {})
        place = turns.Place(
            external_id=name, tally=tally, at=moment(call.get("datetime_utc")), source=turns.source(name, parts)
        )
        said = "".join(_text(part, tally) for part in parts if part["type"] == "text")
        _count(parts, tally)
        match role:
            case "user":
                made = turns.prompt(said or "[attachment]" * any(part["type"] == "attachment" for part in parts), place)
                yield from [made] if made else []
                yield from _results(parts, place)
            case "assistant":
                model = text(call.get("resolved_model")) or text(call.get("model"))
                tokens = (
                    count(call["output_tokens"]) if name in answered and call["output_tokens"] is not None else None
                )
                made = turns.reply(said, place, calls=list(_calls(parts, place)), model=model, tokens=tokens)
                yield from [made] if made else []
                yield from _results(parts, place)
            case "tool":
                yield from _results(parts, place)
            case _:
                made = turns.note(said, "meta", place)
                yield from [made] if made else []


def _chain(base: Base, tip: str) -> Iterator[tuple[str, str | None, list[Row]]]:
    """Give the messages from the root to the tip, each with its parts."""
    name: str | None = None
    role: str | None = None
    parts: list[Row] = []
    for row in base.rows(SQL["chain"], {"tip": tip}):
        if row["hash"] != name:
            if name is not None:
                yield name, role, parts
            name, role, parts = str(row["hash"]), row["role"], []
        if row["type"] is not None:
            payload = table(document(str(row["payload"] or "").encode("utf-8", "replace")))
            parts.append({"type": row["type"], "text": row["text"], "payload": payload})
    if name is not None:
        yield name, role, parts


def _text(part: Row, tally: Tally) -> str:
    """Give a part's text. A fragment, which is a file that was lent to the prompt, is named and not repeated."""
    if part["text"] is not None:
        return str(part["text"])
    pieces = [table(piece) for piece in items(part["payload"].get("text_ref"))]
    tally.add("fragment", sum("fragment" in piece for piece in pieces))
    said = (text(piece.get("literal")) or ("[fragment]" if "fragment" in piece else "") for piece in pieces)
    return "".join(said) or text(part["payload"].get("text")) or ""


def _count(parts: list[Row], tally: Tally) -> None:
    for part in parts:
        if part["type"] == "reasoning":
            tally.add("thinking")
        elif part["type"] not in ("text", "tool_call", "tool_result"):
            tally.add_of("part", part["type"])


def _calls(parts: list[Row], place: turns.Place) -> Iterator[ToolCall]:
    for n, part in enumerate(parts):
        if part["type"] == "tool_call":
            call, fallback = part["payload"], f"{place.external_id}#{n}"
            yield turns.call(
                text(call.get("tool_call_id")),
                text(call.get("name")),
                call.get("arguments"),
                fallback_id=fallback,
                tally=place.tally,
            )


def _results(parts: list[Row], place: turns.Place) -> Iterator[TranscriptMessage]:
    for n, part in enumerate(parts):
        if part["type"] == "tool_result":
            result = part["payload"]
            failure = text(result.get("exception"))
            named = place.called(f"{place.external_id}/result/{n}")
            yield turns.result(
                text(result.get("output")) or failure or "",
                named,
                call_id=text(result.get("tool_call_id")),
                is_error=failure is not None,
            )
