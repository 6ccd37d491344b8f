"""Maps an OpenCode session to a transcript."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage, Usage
from contextfs.adapters.transcripts.opencode.reader import Message, Session
from contextfs.adapters.transcripts.shapes import amount, count, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "opencode"
_QUOTE = '"'
_UNTITLED = "New session - "


def transcript(session: Session, *, fallback_id: str, tally: Tally) -> Transcript | None:
    """Make the transcript of a session; None when nothing was said. What was reverted (`off_path`) is counted.

    In a session that another one started (a subagent's), nobody types.
    """
    info = session.info
    parent = text(info.get("parentID"))
    live = list(_live(session))
    tally.add("off_path", len(session.messages) - len(live))
    messages = chained(_said(live, is_subagent=parent is not None, tally=tally))
    if not messages:
        return None
    title = text(info.get("title"))
    started_at, ended_at = dates(messages)
    replied = models(messages)
    known = {"version": text(info.get("version")), "models": replied, "parent": parent}
    return Transcript(
        tool=TOOL,
        external_id=text(info.get("id")) or fallback_id,
        title=title if title and not title.startswith(_UNTITLED) else opening(messages),
        started_at=moment(table(info.get("time")).get("created")) or started_at,
        ended_at=ended_at,
        model=replied[-1] if replied else None,
        cwd=text(info.get("directory")) or _cwd(session.messages),
        messages=messages,
        left=_left(session, messages),
        usage=_usage(info, session.messages),
        skipped=tally.counts(),
        metadata={key: value for key, value in known.items() if value},
    )


def _live(session: Session) -> Iterator[Message]:
    """Give what was not taken back: from a message on, or from a part of one on."""
    revert = table(session.info.get("revert"))
    message_id, part_id = text(revert.get("messageID")), text(revert.get("partID"))
    for message in session.messages:
        name = str(message.info.get("id"))
        if message_id is None or name < message_id:
            yield message
        elif part_id and name == message_id:
            kept = [part for part in message.parts if str(part.get("id")) < part_id]
            yield msgspec.structs.replace(message, parts=kept)


def _left(session: Session, live: Iterable[TranscriptMessage]) -> list[str]:
    """Name what was taken back: of a message, also what a part of it said."""
    if not session.info.get("revert"):
        return []
    named = {one.external_id for one in live}
    every = _said(session.messages, is_subagent=False, tally=Tally())
    return [one.external_id for one in every if one.external_id not in named]


def _said(messages: Iterable[Message], *, is_subagent: bool, tally: Tally) -> Iterator[TranscriptMessage]:
    return (made for one in messages for made in _messages(one, is_subagent=is_subagent, tally=tally))


def _messages(message: Message, *, is_subagent: bool, tally: Tally) -> Iterator[TranscriptMessage]:
    info = message.info
    name = text(info.get("id")) or turns.Names().of(info, message.parts)
    place = turns.Place(
        external_id=name,
        tally=tally,
        at=moment(table(info.get("time")).get("created")),
        source=turns.source(name, msgspec.json.encode([info, message.parts])),
    )
    if info.get("role") == "user":
        yield from _asked(message, place, is_subagent=is_subagent)
    elif info.get("role") == "assistant":
        yield from _replied(message, place)
    else:
        tally.add_of("role", info.get("role"))


def _asked(message: Message, place: turns.Place, *, is_subagent: bool) -> Iterator[TranscriptMessage]:
    """Read a person's message: what the tool put beside the words (`synthetic`) is injected."""
    texts = [part for part in message.parts if part.get("type") == "text" and part.get("ignored") is not True]
    typed = [_unquoted(text(part.get("text")) or "") for part in texts if part.get("synthetic") is not True]
    added = [text(part.get("text")) or "" for part in texts if part.get("synthetic") is True]
    if not message.parts:  # a summary is all that some versions left
        typed = [text(table(message.info.get("summary")).get("body")) or ""]
    made = turns.prompt("\n\n".join(typed), place, is_person=not is_subagent)
    if made:
        yield made
    note = turns.note("\n\n".join(added), "injected", place.called(f"{place.external_id}#synthetic"))
    if note:
        yield note
    _count(message.parts, place.tally, ("text",))


def _replied(message: Message, place: turns.Place) -> Iterator[TranscriptMessage]:
    info, tally = message.info, place.tally
    said = "\n\n".join(text(part.get("text")) or "" for part in message.parts if part.get("type") == "text")
    tools = [part for part in message.parts if part.get("type") == "tool"]
    calls = [
        turns.call(
            text(part.get("callID")) or text(part.get("id")),
            text(part.get("tool")),
            table(part.get("state")).get("input"),
            fallback_id=f"{place.external_id}#{n}",
            tally=tally,
        )
        for n, part in enumerate(tools)
    ]
    if info.get("summary") is True:
        summary = turns.note(said, "summary", place)
        yield from [summary] if summary else []
    elif made := turns.reply(said, place, calls=calls, model=_model(info), tokens=_output(info)):
        yield made
    for call, part in zip(calls, tools, strict=True):
        state = table(part.get("state"))
        output = text(state.get("output")) or text(state.get("error"))
        if output is not None or state.get("status") in ("completed", "error"):
            is_error = state.get("status") == "error"
            yield turns.result(output or "", place.called(f"{call.id}/result"), call_id=call.id, is_error=is_error)
    if table(info.get("error")).get("name"):
        tally.add_of("error", table(info.get("error")).get("name"))
    _count(message.parts, tally, ("text", "tool"))


def _count(parts: Sequence[dict[str, Any]], tally: Tally, given: tuple[str, ...]) -> None:
    for part in parts:
        kind = part.get("type")
        if kind == "reasoning":
            tally.add("thinking")
        elif kind not in given:
            tally.add_of("part", kind)


def _unquoted(said: str) -> str:
    """Take off one pair of quotes: `opencode run "two words"` stores them."""
    inner = said[1:-1]
    return inner if len(said) > 1 and said[0] == said[-1] == _QUOTE and _QUOTE not in inner else said


def _model(info: dict[str, Any]) -> str | None:
    return text(info.get("modelID")) or text(table(info.get("model")).get("modelID"))


def _output(info: dict[str, Any]) -> int | None:
    tokens = table(info.get("tokens"))
    return count(tokens.get("output")) if tokens else None


def _cwd(messages: Sequence[Message]) -> str | None:
    paths = (message.info.get("path") for message in messages)
    return next((cwd for path in paths if (cwd := text(path) or text(table(path).get("cwd")))), None)


def _usage(info: dict[str, Any], messages: Sequence[Message]) -> Usage:
    """Add the replies up, or take the session's own sum when it is greater: it knows what was deleted."""
    told = [message.info for message in messages if message.info.get("role") == "assistant"]
    each = [_figures(one.get("tokens")) for one in told]
    summed = tuple(sum(column) for column in zip(*each, strict=True)) or (0,) * 5
    own = _figures(info.get("tokens"))
    total = own if sum(own) > sum(summed) else summed
    cost = amount(info.get("cost")) or amount(sum(amount(one.get("cost")) or 0 for one in told))
    return Usage(
        input_tokens=total[0],
        output_tokens=total[1],
        reasoning_tokens=total[2],
        cache_read_tokens=total[3],
        cache_creation_tokens=total[4],
        cost=cost,
    )


def _figures(tokens: object) -> tuple[int, ...]:
    told = table(tokens)
    cache = table(told.get("cache"))
    values = (told.get("input"), told.get("output"), told.get("reasoning"), cache.get("read"), cache.get("write"))
    return tuple(count(value) for value in values)
