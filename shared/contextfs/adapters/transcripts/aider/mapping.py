"""Maps Aider's sessions to transcripts."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.aider.reader import Block, Session, Typed
from contextfs.adapters.transcripts.assembly import chained, dates, opening
from contextfs.adapters.transcripts.model import Source, Transcript, TranscriptMessage, Usage
from contextfs.adapters.transcripts.tally import Tally

TOOL = "aider"
_ASKING = re.compile(r"/(ask|code|architect|context|help)\s+(?=\S)")
_COMMAND = re.compile(r"[/!]\S")
_MACHINE = (
    "# Fix any errors below",
    "I ran this command:",
    "# Question: ",
    "<blank>",
    "I've written your instructions in comments in the code and marked them with",
    'Find the "AI" comments below (marked with',
    '/ask\nFind the "AI" comments below (marked with',
)
_NUMBER = r"([\d.,]+[kM]?)"
_TOKENS = re.compile(
    rf"^Tokens: {_NUMBER} sent(?:, {_NUMBER} cache write)?(?:, {_NUMBER} cache hit)?, {_NUMBER} received"
    r"\.?(?:\s+Cost: \$([\d.]+) (?:request|message))?",
    re.MULTILINE,
)
_MODEL = re.compile(r"^(?:Main model|Models?): (\S+) with ", re.MULTILINE)
_VERSION = re.compile(r"^Aider v(\S+)", re.MULTILINE)
_COMMIT = re.compile(r"^Commit ([0-9a-f]{7,40}) ", re.MULTILINE)
_SCALE = {"k": 1_000, "M": 1_000_000}


def transcript(session: Session, typed: Sequence[Typed], *, cwd: str | None, tally: Tally) -> Transcript | None:
    """Make the transcript of one run; None when nothing was said. `typed` is the input history, where there is one.

    The format carries no ids: a session is named by its start and its first message, a message by what it says.
    """
    blocks = _confirmed(session, typed)
    notices = "\n".join(block.text for block in blocks if block.voice == "notice")
    model = _last(_MODEL, notices)
    messages = chained(_messages(blocks, session, typed, model, tally))
    if not messages:
        return None
    tally.add("notice", sum(block.voice == "notice" for block in blocks))
    stem = session.started_at.isoformat() if session.started_at else "before"
    started_at, ended_at = dates(messages)
    known = {"version": _last(_VERSION, notices), "commits": _COMMIT.findall(notices)}
    return Transcript(
        tool=TOOL,
        external_id=f"{stem}/{messages[0].external_id[:12]}",
        title=opening(messages),
        started_at=session.started_at or started_at,
        ended_at=ended_at or session.started_at,
        model=model,
        cwd=cwd,
        git_commit=_last(_COMMIT, notices),
        messages=messages,
        usage=_usage(notices),
        skipped=tally.counts(),
        metadata={key: value for key, value in known.items() if value},
    )


def _confirmed(session: Session, typed: Sequence[Typed]) -> list[Block]:
    """Give the model back what it only quoted: a heading that nobody typed, although the input history goes so far."""
    texts = {one.text.strip() for one in typed}
    first = next((one.at for one in typed if one.at), None)
    is_covered = bool(first and session.started_at and session.started_at >= first) or (
        bool(texts) and any(block.voice == "typed" and block.text.strip() in texts for block in session.blocks)
    )
    blocks: list[Block] = []
    for block in session.blocks:
        is_quoted = block.voice == "typed" and is_covered and block.text.strip() not in texts
        if is_quoted and blocks and blocks[-1].voice == "said":
            joined = f"{blocks[-1].text}\n\n{_headed(block.text)}"
            blocks[-1] = Block(voice="said", text=joined, line=blocks[-1].line)
        elif block.voice == "said" and blocks and blocks[-1].voice == "said":
            blocks[-1] = Block(voice="said", text=f"{blocks[-1].text}\n\n{block.text}", line=blocks[-1].line)
        else:
            blocks.append(block)
    return blocks


def _headed(text: str) -> str:
    return "\n".join(f"#### {line}" for line in text.splitlines())


def _messages(
    blocks: Sequence[Block], session: Session, typed: Sequence[Typed], model: str | None, tally: Tally
) -> Iterator[TranscriptMessage]:
    names = turns.Names()
    texts = {one.text.strip() for one in typed}
    asked: str | None = None
    at = session.started_at
    for block in blocks:
        if block.voice == "notice":
            continue
        name = names.of(block.voice, block.text)
        place = turns.Place(external_id=name, tally=tally, at=at, source=_source(block))
        if block.voice == "said":
            made = turns.reply(block.text, place, model=model)
            asked = None
        else:
            is_person = _is_person(block.text, asked, is_typed=block.text.strip() in texts)
            at = _typed_at(block.text, typed, at)
            made = turns.prompt(block.text, msgspec.structs.replace(place, at=at), is_person=is_person)
            asked = _ASKING.sub("", block.text, count=1).strip() if _ASKING.match(block.text) else None
        yield from [made] if made else []


def _is_person(text: str, asked: str | None, *, is_typed: bool) -> bool:
    """Tell whether a heading is a person's prompt: no command but those that ask, and no repetition of its question.

    What they typed by the input history (`is_typed`) is theirs, also where it begins as Aider's own texts do.
    """
    said = text.strip()
    if asked is not None and said.removeprefix("# Question:").strip().startswith(asked):
        return False
    return (is_typed or not said.startswith(_MACHINE)) and (
        _ASKING.match(said) is not None or _COMMAND.match(said) is None
    )


def _typed_at(text: str, typed: Sequence[Typed], since: datetime | None) -> datetime | None:
    """Find when a prompt was typed: the first time that is not before what precedes it; else it is as old as that."""
    times = (one.at for one in typed if one.at and one.text.strip() == text.strip())
    return next((at for at in times if since is None or at >= since), since)


def _source(block: Block) -> Source:
    data = block.text.encode("utf-8", "replace")
    return Source(record=block.line, size=len(data), sha256=hashlib.sha256(data).hexdigest()[: Source.DIGITS])


def _last(pattern: re.Pattern[str], notices: str) -> str | None:
    found = pattern.findall(notices)
    return str(found[-1]).rstrip(",") if found else None


def _usage(notices: str) -> Usage:
    """Add up what Aider reports after each reply; it rounds above 1,000."""
    told = _TOKENS.findall(notices)
    sums = [sum(_figure(one[column]) for one in told) for column in range(4)]
    costs = [float(one[4].rstrip(".")) for one in told if one[4]]
    return Usage(
        input_tokens=sums[0],
        output_tokens=sums[3],
        cache_creation_tokens=sums[1],
        cache_read_tokens=sums[2],
        cost=round(sum(costs), 6) if costs else None,
    )


def _figure(told: str) -> int:
    plain = told.replace(",", "").rstrip("kM")
    try:
        return round(float(plain or 0) * _SCALE.get(told[-1:], 1))
    except ValueError:
        return 0
