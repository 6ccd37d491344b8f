"""How our answers read: short lines, recalled text fenced as data, and what to do next.

What stands in a fence is taken out of transcripts when they are read, so that no memory is learned from a memory.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from contextfs.adapters.mcp.model import Hit, Hits, Packed, Recalled, Remembered, Said, SessionLine, SessionPart
from contextfs.domain.context.render import CUT, frame, neutral

_SNIPPET = 300
_MESSAGE = 1500
_WHOLE = 40_000


def hits(found: Hits) -> str:
    """Write what was found, one line each."""
    if not found.hits:
        return _joined(["Nothing was found. Try other or fewer words."], [*found.notes, *found.degraded])
    lines = _fenced(len(found.hits), (_hit(one) for one in found.hits))
    return _joined([lines], [*found.notes, *found.degraded])


def remembered(done: Remembered) -> str:
    """Write what a write did."""
    what = "Stored" if done.stored else "Known already; nothing was stored"
    redacted = f" {done.redacted} secret{'s' * (done.redacted != 1)} taken out before storing." if done.redacted else ""
    return f"{what}: {done.type} {done.id}.{redacted}"


def recalled(memories: Sequence[Recalled]) -> str:
    """Write memories whole."""
    return _fenced(len(memories), (_memory(one) for one in memories))


def sessions(found: Sequence[SessionLine]) -> str:
    """Write a list of conversations."""
    if not found:
        return "There are no such conversations."
    return _fenced(len(found), (_session(one) for one in found))


def session(part: SessionPart) -> str:
    """Write a part of a conversation, and how to read on; one message alone is given whole."""
    longest = _WHOLE if len(part.messages) == 1 else _MESSAGE
    head = _session(part.session)
    if not part.messages:
        return _fenced(1, [head, f"There are no messages from {part.offset} on."])
    lines = [head, *(_said(number, one, longest) for number, one in enumerate(part.messages, start=part.offset))]
    after = part.offset + len(part.messages)
    more = [f"{part.session.messages - after} more: offset {after}."] if after < part.session.messages else []
    return _joined([_fenced(len(part.messages), lines)], more)


def packed(pack: Packed) -> str:
    """Write a context pack."""
    if not pack.items:
        return _joined(["Nothing is handed over.", *pack.notes], pack.degraded)
    left = [f"{pack.left_out} left out: a larger budget holds more."] if pack.left_out else []
    if CUT in pack.text:
        left.append("… ends what was cut: contextfs_search with its words finds the message.")
    if pack.id is not None:
        left.append(f"`ctx why {pack.id.hex[-12:]}` tells the user why.")
    return _joined([pack.text, *left], pack.degraded)


def _hit(one: Hit) -> str:
    where = f"memory {one.id}" if one.source == "memory" else f"session {one.session_id}, message {one.id}"
    facets = ", ".join(
        part
        for part in (where, one.overtaken, "in conflict: recall it for every text" if one.conflicted else "")
        if part
    )
    return f"- {one.relevance:.2f} {_line(one.type)} {_day(one.occurred_at)} ({facets}): {_line(one.snippet, _SNIPPET)}"


def _memory(one: Recalled) -> str:
    tags = f" #{' #'.join(map(_line, one.tags))}" if one.tags else ""
    over = f", {one.overtaken}" if one.overtaken else ""
    facts = f"{_line(one.type)} {one.id}, {_day(one.updated_at)}, by {_line(one.author)}{over}{tags}"
    head = f"## {_line(one.title or one.type)}\n{facts}"
    rivals = [f"In conflict with another text:\n{_block(text)}" for text in one.others]
    return "\n".join([head, _block(one.content), *rivals])


def _session(one: SessionLine) -> str:
    branch = f", branch {_line(one.branch)}" if one.branch else ""
    said = f"{one.messages} message{'s' * (one.messages != 1)}"
    facts = f"{_day(one.started_at)} {_line(one.tool)} (session {one.id}, {said}{branch})"
    return f"- {facts}: {_line(one.title or 'untitled')}"


def _said(number: int, one: Said, longest: int) -> str:
    calls = f" calls {', '.join(map(_line, one.calls))}" if one.calls else ""
    kind = "" if one.kind in {"prompt", "reply"} else f" {one.kind}"
    text = _block(one.text)
    over = len(text) - longest
    shown = f"{text[:longest].rstrip()} … ({over} more characters: offset {number}, limit 1)" if over > 0 else text
    return f"[{number}] {one.role}{kind} {one.at.astimezone(UTC):%Y-%m-%d %H:%M}{calls}\n{shown}".rstrip()


def _fenced(items: int, lines: Iterable[str]) -> str:
    first, last = frame(items)
    return "\n".join([first, *lines, last])


def _joined(parts: list[str], notes: Sequence[str]) -> str:
    return "\n".join([*parts, *(f"Note: {_line(note)}" for note in notes)])


def _block(text: str) -> str:
    """Make a text harmless inside the fence; its lines are indented, so that none looks like ours."""
    return "  " + neutral(text).strip().replace("\n", "\n  ")


def _line(text: str, longest: int = 200) -> str:
    line = " ".join(neutral(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _day(moment: datetime | None) -> str:
    return "undated" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d}"
