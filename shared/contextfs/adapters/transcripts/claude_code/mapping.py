"""Maps the records of one Claude Code file to a transcript: once through for the tree, then again for the texts."""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import msgspec

from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.claude_code import usage
from contextfs.adapters.transcripts.claude_code.messages import Commands, attached, reply, spoken, voice
from contextfs.adapters.transcripts.claude_code.reader import Record, again, records
from contextfs.adapters.transcripts.claude_code.titles import Titles
from contextfs.adapters.transcripts.claude_code.tree import Node, Nodes, is_node, is_talk, main_path, message_key
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import table, text
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.view import Data

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


class Session:
    """What one time through a file tells: its tree, its titles, what was spent, and whether it is Claude Code's."""

    def __init__(self, data: Data, tally: Tally) -> None:
        self.data = data
        self.tally = tally
        self.nodes = Nodes()
        self.calls: dict[str, usage.Figures] = {}
        self.titles = Titles()
        self.is_own = False
        for line, record in records(data, tally):
            self.is_own = self.is_own or _is_own(record)
            self.titles.add(record)
            talks, stands = is_talk(record), is_node(record)
            if talks or stands:
                one = self.nodes.take(line, record, starts_over=_starts_over(record))
                self._spend(one.call, record)
            elif record.type == "assistant":
                self._spend(message_key(record, line.number), record)
            if not talks and not (record.type == "attachment" and stands):
                _count(record, tally)

    def _spend(self, call: str | None, record: Record) -> None:
        if call is not None:
            self.calls[call] = usage.more(self.calls.get(call, usage.NOTHING), record)


def transcript(session: Session, *, name: str) -> Transcript | None:
    """Make the transcript of a file called `name`; None when no message of the main conversation is in it.

    Subagents' messages (`sidechain`) and other branches (`off_path`; `left`, or `aside`) are counted, not given.
    """
    places = main_path(session.nodes)
    path = [session.nodes[place] for place in places.live]
    on_path, is_left = set(places.live), set(places.left)
    _count_rest(session, on_path)
    session_id = _session_id(path, name)
    messages = chained(_messages(session, path, session_id, session.tally))
    if not messages:
        return None
    behind = [session.nodes[place] for place in places.left]
    beside = [one for place, one in enumerate(session.nodes) if place not in on_path and place not in is_left]
    started_at, ended_at = dates(messages)
    replied = models(messages)
    return Transcript(
        tool=TOOL,
        external_id=session_id,
        title=session.titles.best(one.uuid for one in session.nodes) or opening(messages),
        started_at=started_at,
        ended_at=ended_at,
        model=replied[-1] if replied else None,
        cwd=next((one.about.cwd for one in path if one.about.cwd), None),
        git_branch=next((one.about.git_branch for one in reversed(path) if one.about.git_branch), None),
        messages=messages,
        left=[one.external_id for one in _messages(session, behind, session_id, Tally())],
        aside=[one.external_id for one in _messages(session, beside, session_id, Tally())],
        usage=usage.total(session.calls.values()),
        skipped=session.tally.counts(),
        metadata=_metadata(path, session_id, replied),
    )


def _is_own(record: Record) -> bool:
    """Tell whether Claude Code wrote this record, or a usage log in its format: kinds alone are too common."""
    if record.type in {"user", "assistant"}:
        return isinstance(record.message, dict)
    if record.type is None:
        return isinstance(record.message, dict) and isinstance(record.session_id, str)
    names = (record.session_id, record.leaf_uuid)
    return record.type == _SNAPSHOT or (record.type in _KNOWN and any(isinstance(name, str) for name in names))


def _starts_over(record: Record) -> bool:
    """Tell whether a record without a parent abandons what came before: a person edited the very first prompt.

    A plan that is carried out with a fresh context starts a tree too, but goes on with the same work.
    """
    if record.parent_uuid is not None or record.type != "user" or voice(record) != "prompt":
        return False
    content = table(record.message).get("content")
    return not (isinstance(content, str) and content.startswith("Implement the following plan:"))


def _messages(session: Session, path: list[Node], session_id: str, tally: Tally) -> Iterator[TranscriptMessage]:
    lines: dict[str, list[Node]] = {}
    for one in path:
        if one.call is not None:
            lines.setdefault(one.call, []).append(one)
    has_attachments = any(one.type == "attachment" for one in path)
    written = {one.uuid for one in path if one.type == "user" and one.uuid} if has_attachments else set[str]()
    commands = Commands()
    for one in path:
        if one.type in {"user", "attachment"} or (one.call is not None and lines[one.call][0] is one):
            line = one.line(session.data)
            external_id = one.uuid or f"{session_id}:{one.number - 1}"
            of_call = [again(part.line(session.data).data) for part in lines[one.call]] if one.call else []
            record = of_call[0] if of_call else again(line.data)
            tokens = session.calls[one.call][1] if one.call else 0
            for message in _of_record(record, of_call, external_id, tokens, written, tally):
                yield commands.judged(msgspec.structs.replace(message, source=line.source()))


def _of_record(
    record: Record, of_call: list[Record], external_id: str, tokens: int, written: set[str], tally: Tally
) -> Iterator[TranscriptMessage]:
    made: TranscriptMessage | None = None
    if of_call:
        made = reply(of_call, external_id, tokens, tally)
    elif record.type == "user":
        yield from spoken(record, external_id, tally)
    elif text(table(record.attachment).get("source_uuid")) not in written:
        made = attached(record, external_id, tally)
    if made:
        yield made


def _count_rest(session: Session, path: set[int]) -> None:
    for place, one in enumerate(session.nodes):
        if place in path:
            continue
        if one.is_talk:
            session.tally.add("off_path")
        elif one.type == "attachment":
            _count(again(one.line(session.data).data), session.tally)


def _count(record: Record, tally: Tally) -> None:
    if record.is_sidechain is True:
        tally.add("sidechain")
        return
    match record.type:
        case "system":
            tally.add_of("system", record.subtype)
        case "attachment":
            tally.add_of("attachment", table(record.attachment).get("type"))
        case kind if kind in _KNOWN:
            tally.add(str(kind))
        case kind:
            tally.add_of("unknown", kind)


def _session_id(path: list[Node], name: str) -> str:
    last = next((one.about.session_id for one in reversed(path) if one.about.session_id), None)
    named = _UUID.search(name)
    return last or (named[0] if named else PurePath(name).stem)


def _metadata(path: list[Node], session_id: str, replied: list[str]) -> dict[str, Any]:
    """Note the tool's version, all models, and the session that this one was forked from."""
    version = next((one.about.version for one in reversed(path) if one.about.version), None)
    forks = (one.about.request_session_id for one in path if one.about.request_session_id != session_id)
    known = {"version": version, "models": replied, "forked_from": next((fork for fork in forks if fork), None)}
    return {key: value for key, value in known.items() if value}
