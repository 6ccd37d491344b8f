"""Maps the records of one Claude Code file to a transcript."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.claude_code import usage
from contextfs.adapters.transcripts.claude_code.messages import attached, reply, spoken, voice
from contextfs.adapters.transcripts.claude_code.reader import Record
from contextfs.adapters.transcripts.claude_code.tree import is_talk, main_path, message_key
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import table, text
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.voices import headline

TOOL = "claude-code"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KNOWN = frozenset(
    {
        "ai-title", "agent-name", "api-request", "api-request-blob", "api-request-shape", "atis-latch", "attachment",
        "bridge-session", "cost-state", "custom-title", "file-history-snapshot", "frame-link", "last-prompt", "mode",
        "permission-mode", "pr-link", "progress", "queue-operation", "relocated", "result", "started", "summary",
        "system", "tools-used", "worktree-state",
    }
)  # fmt: skip
_SNAPSHOT = "file-history-snapshot"
_OWN_TITLE = ("custom-title", "ai-title")


def is_own(record: Record) -> bool:
    """Tell whether Claude Code wrote this record, or a usage log in its format: kinds alone are too common."""
    if record.type in {"user", "assistant"}:
        return isinstance(record.message, dict)
    if record.type is None:
        return isinstance(record.message, dict) and isinstance(record.session_id, str)
    names = (record.session_id, record.leaf_uuid)
    return record.type == _SNAPSHOT or (record.type in _KNOWN and any(isinstance(name, str) for name in names))


def transcript(records: Sequence[Record], *, name: str, tally: Tally) -> Transcript | None:
    """Make the transcript of a file called `name`; None when no message of the main conversation is in it.

    Subagents' messages (`sidechain`) and abandoned branches (`off_path`) are counted, not given.
    """
    path = main_path(records, _starts_over)
    _count_rest(records, set(path), tally)
    calls = usage.by_call(records)
    session = _session_id(records, path, name)
    messages = chained(_messages(records, path, session, calls, tally))
    if not messages:
        return None
    talk = [records[n] for n in path]
    started_at, ended_at = dates(messages)
    replied = models(messages)
    return Transcript(
        tool=TOOL,
        external_id=session,
        title=_title(records) or opening(messages),
        started_at=started_at,
        ended_at=ended_at,
        model=replied[-1] if replied else None,
        cwd=next((record.cwd for record in talk if text(record.cwd)), None),
        git_branch=next((record.git_branch for record in reversed(talk) if text(record.git_branch)), None),
        messages=messages,
        usage=usage.total(calls.values()),
        skipped=tally.counts(),
        metadata=_metadata(talk, session, replied),
    )


def _starts_over(record: Record) -> bool:
    """Tell whether a record without a parent abandons what came before: a person edited the very first prompt.

    A plan that is carried out with a fresh context starts a tree too, but goes on with the same work.
    """
    if record.type != "user" or voice(record) != "prompt":
        return False
    content = table(record.message).get("content")
    return not (isinstance(content, str) and content.startswith("Implement the following plan:"))


def _messages(
    records: Sequence[Record], path: list[int], session: str, calls: dict[str, usage.Figures], tally: Tally
) -> Iterator[TranscriptMessage]:
    lines: dict[str, list[int]] = {}
    for n in path:
        if records[n].type == "assistant":
            lines.setdefault(message_key(records[n], n), []).append(n)
    written = {records[n].uuid for n in path if records[n].type == "user" and text(records[n].uuid)}
    for n in path:
        record = records[n]
        external_id = text(record.uuid) or f"{session}:{n}"
        if record.type == "user":
            yield from spoken(record, external_id, tally)
        elif record.type == "assistant" and lines[message_key(record, n)][0] == n:
            key = message_key(record, n)
            message = reply([records[line] for line in lines[key]], external_id, calls[key][1], tally)
            yield from [message] if message else []
        elif record.type == "attachment" and text(table(record.attachment).get("source_uuid")) not in written:
            message = attached(record, external_id, tally)
            yield from [message] if message else []


def _count_rest(records: Sequence[Record], path: set[int], tally: Tally) -> None:
    for n, record in enumerate(records):
        if record.is_sidechain is True:
            tally.add("sidechain")
        elif is_talk(record):
            tally.add("off_path", n not in path)
        elif record.type != "attachment" or n not in path:
            _count_one(record, tally)


def _count_one(record: Record, tally: Tally) -> None:
    match record.type:
        case "system":
            tally.add_of("system", record.subtype)
        case "attachment":
            tally.add_of("attachment", table(record.attachment).get("type"))
        case kind if kind in _KNOWN:
            tally.add(str(kind))
        case kind:
            tally.add_of("unknown", kind)


def _session_id(records: Sequence[Record], path: list[int], name: str) -> str:
    last = next((records[n].session_id for n in reversed(path) if text(records[n].session_id)), None)
    named = _UUID.search(name)
    return last or (named[0] if named else PurePath(name).stem)


def _title(records: Sequence[Record]) -> str | None:
    """Prefer the name a person gave, then the tool's own titles.

    A summary counts only when it points into this file: older versions write other sessions' summaries at its head.
    """
    own = {record.type: record.custom_title or record.ai_title for record in records if record.type in _OWN_TITLE}
    uuids = {record.uuid for record in records if isinstance(record.uuid, str)}
    pointing = [record.summary for record in records if record.type == "summary" and _in(record.leaf_uuid, uuids)]
    titles = [own.get("custom-title"), own.get("ai-title"), *reversed(pointing)]
    return next((headline(title) for title in titles if isinstance(title, str) and title), None)


def _in(uuid: object, uuids: set[str]) -> bool:
    return isinstance(uuid, str) and uuid in uuids


def _metadata(talk: Sequence[Record], session: str, replied: list[str]) -> dict[str, Any]:
    """Note the tool's version, all models, and the session that this one was forked from."""
    version = next((record.version for record in reversed(talk) if text(record.version)), None)
    forks = (record.request_session_id for record in talk if record.request_session_id != session)
    forked_from = next((origin for origin in forks if text(origin)), None)
    known = {"version": version, "models": replied, "forked_from": forked_from}
    return {key: value for key, value in known.items() if value}
