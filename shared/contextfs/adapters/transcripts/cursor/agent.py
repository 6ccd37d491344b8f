"""Reads the transcripts of Cursor's agent: JSONL of `{role, message: {content: […]}}`, without ids and times."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, opening
from contextfs.adapters.transcripts.elements import Lines, is_whole
from contextfs.adapters.transcripts.jsonl import Line, objects
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "cursor"
_QUERY = Lines("user_query")
_IMAGE = "[Image]"
_HIDDEN = "[REDACTED]"
"""What a transcript has in the place of reasoning."""
_KINDS = ("turn_ended", "error")

Parts = list[dict[str, Any]]


def records(data: bytes, tally: Tally) -> list[tuple[Line, dict[str, Any]]]:
    """Decode the lines that Cursor writes; others are counted."""
    own: list[tuple[Line, dict[str, Any]]] = []
    for line, record in objects(data, tally):
        if (isinstance(record.get("message"), dict) and record.get("role") is not None) or record.get("type") in _KINDS:
            own.append((line, record))
        else:
            tally.add_of("unknown", record.get("type"))
    return own


def transcript(
    own: list[tuple[Line, dict[str, Any]]], *, external_id: str, about: dict[str, Any], tally: Tally
) -> Transcript | None:
    """Make the transcript of one agent's session; None when nothing was said."""
    started_at = moment(about.get("createdAtMs"))
    renamed: list[str] = []
    messages = chained(_messages(own, started_at, tally, renamed))
    if not messages:
        return None
    return Transcript(
        tool=TOOL,
        external_id=external_id,
        title=text(about.get("title")) or opening(messages),
        started_at=started_at,
        ended_at=moment(about.get("updatedAtMs")),
        cwd=text(about.get("cwd")),
        messages=messages,
        aside=renamed,
        skipped=tally.counts(),
        metadata={"agent": True},
    )


def _messages(
    own: list[tuple[Line, dict[str, Any]]], at: datetime | None, tally: Tally, renamed: list[str]
) -> Iterator[TranscriptMessage]:
    """Give the messages; `renamed` are the names that some had with their reasoning.

    What is stored under such a name was not taken back: it stands, and so does what was learned from it.
    """
    names, before = turns.Names(), turns.Names()
    asked_for = (record for _, record in own if record.get("role") == "user")
    has_tags = is_tagged(parts_of(table(record.get("message")).get("content")) for record in asked_for)
    for line, record in own:
        role = record.get("role")
        content = table(record.get("message")).get("content")
        if role not in ("user", "assistant"):
            tally.add(f"record:{record.get('type')}") if role is None else tally.add_of("role", role)
            continue
        parts = parts_of(content)
        name, former = names.of(role, named_by(parts)), before.of(role, content)
        renamed += [former] if former != name else []
        place = turns.Place(external_id=name, at=at, source=line.source(), tally=tally)
        if role == "user":
            yield from asked(parts, place, has_tags=has_tags)
        elif made := replied(parts, place):
            yield made
        else:
            tally.add("empty")


def is_tagged(asked_for: Iterable[Parts]) -> bool:
    """Tell whether this version writes a person's words in tags: the first text that is more than context tells.

    What is said later may speak of such a tag, and what a tool read may hold one.
    """
    for parts in asked_for:
        said = texts(parts)
        is_context = _is_context(said)
        if is_context and _QUERY.within(said):
            return True
        if said.strip() and not is_context:
            return False
    return False


def _is_context(said: str) -> bool:
    """Tell whether a text is elements and nothing else: what the tool tells its model, with or without a query."""
    beside = _QUERY.without(said).replace(_IMAGE, "").strip()
    return is_whole(beside) if beside else bool(said.strip())


def asked(parts: Parts, place: turns.Place, *, has_tags: bool) -> Iterator[TranscriptMessage]:
    """Read a message in the user's name. Where a person's words are in tags (`has_tags`), the rest is the tool's."""
    for n, part in enumerate(parts):
        if part.get("type") == "tool_result":
            output = part.get("content")
            said = output if isinstance(output, str) else texts(list(map(table, items(output))))
            name = f"{place.external_id}#{n}"
            yield turns.result(said, place.called(name), call_id=text(part.get("tool_use_id")))
    said = texts(parts)
    queries = _QUERY.within(said) if has_tags or _is_context(said) else []
    is_person = bool(queries) or not has_tags
    made = turns.prompt("\n\n".join(queries) if queries else said, place, is_person=is_person)
    yield from [made] if made else []


def replied(parts: Parts, place: turns.Place, *, model: str | None = None) -> TranscriptMessage | None:
    """Read a message of the assistant's; None when it says nothing and calls nothing."""
    calls = [
        turns.call(
            text(part.get("id")),
            text(part.get("name")),
            part.get("input"),
            fallback_id=f"{place.external_id}#{n}",
            tally=place.tally,
        )
        for n, part in enumerate(parts)
        if part.get("type") == "tool_use"
    ]
    said = texts(parts)
    if _HIDDEN in said:
        place.tally.add("thinking")
    return turns.reply(said.replace(_HIDDEN, ""), place, calls=calls, model=model)


def named_by(parts: Parts) -> Parts:
    """Give of a message's parts what it is named by: what a transcript and a database both tell of it."""
    made: Parts = []
    for part in parts:
        match part.get("type"):
            case "text":
                said = (text(part.get("text")) or "").replace(_HIDDEN, "").strip()
                made += [{"type": "text", "text": said}] if said else []
            case "tool_use":
                made.append({key: part.get(key) for key in ("type", "name", "input")})
            case _:
                made.append(part)
    return made


def parts_of(content: object) -> Parts:
    """Give the parts of a content; a plain text is one part."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(map(table, items(content)))


def texts(parts: Parts) -> str:
    """Give what the parts say."""
    return "\n\n".join(said for part in parts if part.get("type") == "text" and (said := text(part.get("text"))))
