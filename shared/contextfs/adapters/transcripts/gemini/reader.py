"""Reads a Gemini CLI session: a log of events that is played back, or (older) one JSON with all messages.

A checkpoint that a person saved is one JSON, too: of what was said, as the model is given it, without ids and times.
A line is the session's head, a message (the same id again replaces it), `{"$set": {…}}` (which may replace all
messages) or `{"$rewindTo": id}` (which takes back that message and all after it).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.adapters.transcripts.jsonl import objects
from contextfs.adapters.transcripts.model import Source
from contextfs.adapters.transcripts.shapes import items, table, text
from contextfs.adapters.transcripts.tally import Tally

_DECODER = msgspec.json.Decoder(Any)
_SPEAKERS = {"user": "user", "model": "gemini"}
_TYPES = ("user", "gemini", "model", "assistant", "info", "error", "warning")


@dataclass
class Log:
    """What a session has become: its head, its messages by id in order, and every message that ever was.

    `taken_back` are those that a person went back to before. One that is not in a new list of all messages may be in a
    summary: nobody took it back.
    """

    head: dict[str, Any] = field(default_factory=dict[str, Any])
    live: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    ever: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    taken_back: set[str] = field(default_factory=set[str])
    sources: dict[str, Source] = field(default_factory=dict[str, Source])
    events: int = 0


def played(data: bytes, tally: Tally) -> Log:
    """Play a session back; lines that cannot be read or are not known are counted."""
    log = Log()
    whole = _whole(data)
    if whole is not None:
        log.events = 1
        log.head = {key: value for key, value in whole.items() if key != "messages"}
        for n, message in enumerate(map(table, items(whole["messages"]))):
            if text(message.get("id")):
                _put(log, message, turns.source(f"messages/{n}", msgspec.json.encode(message)))
            else:
                tally.add_of("unknown", message.get("type"))
        return log
    for line, event in objects(data, tally):
        source = line.source()
        if isinstance(event.get("$set"), dict):
            _set(log, table(event["$set"]), source)
        elif "$rewindTo" in event:
            _rewind(log, text(event["$rewindTo"]))
        elif event.get("type") in _TYPES and text(event.get("id")):
            _put(log, event, source)
        elif isinstance(event.get("projectHash"), str) or "sessionId" in event:
            log.head |= event
        else:
            tally.add_of("unknown", event.get("type"))
            continue
        log.events += 1
    return log


def _whole(data: bytes) -> dict[str, Any] | None:
    try:
        value = decode(data.removeprefix(b"\xef\xbb\xbf"), _DECODER)
    except FAULTS:
        return None
    whole = table(value)
    if isinstance(whole.get("messages"), list) and "sessionId" in whole:
        return whole
    history = [table(one) for one in items(whole.get("history") if whole else value)]
    if not any(text(one.get("role")) in _SPEAKERS and isinstance(one.get("parts"), list) for one in history):
        return None
    return {"messages": [*_of_checkpoint(history)]}


def _of_checkpoint(history: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give what a checkpoint holds as a session's messages, named by what they say."""
    names = turns.Names()
    for one in history:
        role, parts = text(one.get("role")), one.get("parts")
        if role in _SPEAKERS:
            yield {"id": names.of(role, parts), "type": _SPEAKERS[role], "content": parts}
        else:
            yield {"type": role}


def _set(log: Log, values: dict[str, Any], source: Source) -> None:
    if isinstance(values.get("messages"), list):
        _replace_all(log, items(values["messages"]), source)
    log.head |= {key: value for key, value in values.items() if key != "messages"}


def _replace_all(log: Log, messages: list[Any], source: Source) -> None:
    log.live = {}
    for message in map(table, messages):
        if text(message.get("id")):
            _put(log, message, source)


def _put(log: Log, message: dict[str, Any], source: Source) -> None:
    """Take a message in. What a resumed session writes again lacks its tokens, tools and time: the fuller one stays."""
    name = str(message["id"])
    known = log.ever.get(name)
    if known is None or _fullness(message) >= _fullness(known):
        first_written = {"timestamp": known["timestamp"]} if known and "timestamp" in known else {}
        log.ever[name] = message | first_written
        if known is None or _fullness(message) > _fullness(known):
            log.sources[name] = source
    log.live[name] = log.ever[name]
    log.taken_back.discard(name)


def _fullness(message: dict[str, Any]) -> int:
    return sum(bool(message.get(key)) for key in ("tokens", "toolCalls", "model", "thoughts"))


def _rewind(log: Log, name: str | None) -> None:
    names = list(log.live)
    if name in log.live:
        log.live = {one: log.live[one] for one in names[: names.index(name)]}
        log.taken_back.update(names[names.index(name) :])
