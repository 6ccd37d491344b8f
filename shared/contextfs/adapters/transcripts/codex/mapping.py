"""Maps the records of one rollout to a transcript."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.codex.messages import Speaker
from contextfs.adapters.transcripts.codex.reader import Record
from contextfs.adapters.transcripts.codex.usage import spent
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "codex"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def transcript(records: Sequence[Record], *, name: str, tally: Tally) -> Transcript | None:
    """Make the transcript of a file called `name`; None when nothing was said in it.

    Items are the conversation; events repeat them, and are counted. A fork's file begins with a copy of the history,
    whose messages keep their names. A file may hold several heads: the first is its own.
    """
    head = next((record.payload for record in records if record.kind == "session_meta"), dict[str, Any]())
    origin = _origin(head)
    messages = chained(_messages(records, is_subagent="subagent" in origin, tally=tally))
    if not messages:
        return None
    named = _ID.search(name)
    git = table(head.get("git"))
    started_at, ended_at = dates(messages)
    replied = models(messages)
    return Transcript(
        tool=TOOL,
        external_id=text(head.get("id")) or (named[0] if named else PurePath(name).stem),
        title=_title(records) or opening(messages),
        started_at=moment(head.get("timestamp")) or started_at,
        ended_at=ended_at,
        model=replied[-1] if replied else None,
        cwd=text(head.get("cwd")) or _cwd(records),
        git_branch=text(git.get("branch")),
        git_commit=text(git.get("commit_hash")),
        messages=messages,
        usage=spent(records),
        skipped=tally.counts(),
        metadata=_metadata(head, git, replied) | origin,
    )


def _messages(records: Sequence[Record], *, is_subagent: bool, tally: Tally) -> Iterator[TranscriptMessage]:
    speaker = Speaker(is_subagent=is_subagent, tally=tally)
    for record in records:
        match record.kind:
            case "response_item":
                yield from speaker.messages(record)
            case "compacted":
                summary = speaker.summary(record)
                tally.add("compaction")
                yield from [summary] if summary else []
            case "turn_context":
                speaker.model = text(record.payload.get("model")) or speaker.model
                tally.add("turn_context")
            case "event_msg":
                tally.add_of("event", record.type)
            case kind:
                tally.add(kind)


def _title(records: Sequence[Record]) -> str | None:
    """Give the last name that the thread got."""
    named = (record.payload for record in reversed(records) if record.type == "thread_name_updated")
    return next((title for told in named if (title := text(told.get("thread_name")) or text(told.get("name")))), None)


def _cwd(records: Sequence[Record]) -> str | None:
    return next((cwd for record in records if (cwd := text(record.payload.get("cwd")))), None)


def _origin(head: dict[str, Any]) -> dict[str, Any]:
    """Tell what the thread came from: another one that it was forked from, or the agent that started it."""
    source = table(head.get("source"))
    is_subagent = "subagent" in source or head.get("thread_source") == "subagent"
    known = {
        "forked_from": text(head.get("forked_from_id")),
        "parent": text(head.get("parent_thread_id")),
        "subagent": is_subagent or None,
    }
    return {key: value for key, value in known.items() if value}


def _metadata(head: dict[str, Any], git: dict[str, Any], replied: list[str]) -> dict[str, Any]:
    known = {
        "version": text(head.get("cli_version")),
        "models": replied,
        "provider": text(head.get("model_provider")),
        "git_remote": text(git.get("repository_url")),
    }
    return {key: value for key, value in known.items() if value}
