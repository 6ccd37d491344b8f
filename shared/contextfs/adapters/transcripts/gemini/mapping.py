"""Maps a session that was played back to a transcript."""

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any

from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.gemini.messages import Speaker
from contextfs.adapters.transcripts.gemini.reader import Log
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage, Usage
from contextfs.adapters.transcripts.shapes import count, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "gemini"


def transcript(log: Log, *, name: str, cwd: str | None, tally: Tally) -> Transcript | None:
    """Make the transcript of a session; None when nothing was said. What was taken back (`off_path`) is counted."""
    is_subagent = log.head.get("kind") == "subagent"
    messages = chained(_said(log, log.live, tally, is_subagent=is_subagent))
    gone = [key for key in log.ever if key not in log.live]
    tally.add("off_path", len(gone))
    if not messages:
        return None
    started_at, ended_at = dates(messages)
    replied = models(messages)
    known = {"models": replied, "project_hash": text(log.head.get("projectHash")), "kind": text(log.head.get("kind"))}
    return Transcript(
        tool=TOOL,
        external_id=text(log.head.get("sessionId")) or PurePath(name).stem,
        title=text(log.head.get("summary")) or opening(messages),
        started_at=started_at or moment(log.head.get("startTime")),
        ended_at=ended_at or moment(log.head.get("lastUpdated")),
        model=replied[-1] if replied else None,
        cwd=cwd,
        messages=messages,
        left=_names(log, [key for key in gone if key in log.taken_back]),
        aside=_names(log, [key for key in gone if key not in log.taken_back]),
        usage=_usage(log.ever.values()),
        skipped=tally.counts(),
        metadata={key: value for key, value in known.items() if value},
    )


def _said(log: Log, names: Iterable[str], tally: Tally, *, is_subagent: bool) -> Iterator[TranscriptMessage]:
    speaker = Speaker(log.sources, tally, is_subagent=is_subagent)
    return (made for name in names for made in speaker.messages(name, log.ever[name]))


def _names(log: Log, keys: Iterable[str]) -> list[str]:
    return [one.external_id for one in _said(log, keys, Tally(), is_subagent=log.head.get("kind") == "subagent")]


def _usage(messages: Iterable[dict[str, Any]]) -> Usage:
    """Add up what every reply cost, those that were taken back included; cached tokens are part of the input."""
    tokens = [table(message.get("tokens")) for message in messages]

    def total(field: str) -> int:
        return sum(count(one.get(field)) for one in tokens)

    return Usage(
        input_tokens=total("input"),
        output_tokens=total("output"),
        cache_read_tokens=total("cached"),
        reasoning_tokens=total("thoughts"),
    )
