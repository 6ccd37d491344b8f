"""Maps the records of one rollout to a transcript."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any

from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.codex.messages import Speaker
from contextfs.adapters.transcripts.codex.reader import Record
from contextfs.adapters.transcripts.codex.usage import Spent
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "codex"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Rollout:
    """What one time through a rollout's records tells: its head, its messages, its title and what was spent.

    Items are the conversation; events repeat them, and are counted. A fork's file begins with a copy of the history,
    whose messages keep their names. A file may hold several heads: the first is its own. What stands in the lines
    `gone` was taken back (`off_path`, and `left`); so what is said again has a name of its own.
    """

    def __init__(self, records: Iterable[Record], tally: Tally, *, gone: frozenset[int] = frozenset()) -> None:
        self.head: dict[str, Any] | None = None
        self.title: str | None = None
        self.cwd: str | None = None
        self.is_own = False
        self.left: list[str] = []
        self.spent = Spent()
        self.tally = tally
        self._speaker = Speaker(tally)
        self._gone = gone
        self.messages = chained(message for record in records for message in self._of(record))

    def _of(self, record: Record) -> Iterator[TranscriptMessage]:
        """Give the messages of one record, and note what else it tells."""
        self.is_own = True
        self.spent.add(record)
        self.cwd = self.cwd or text(record.payload.get("cwd"))
        match record.kind:
            case "response_item":
                yield from self._live(record, list(self._speaker.messages(record)))
            case "compacted":
                summary = self._speaker.summary(record)
                self.tally.add("compaction")
                yield from self._live(record, [summary] if summary else [])
            case "turn_context":
                self._speaker.model = text(record.payload.get("model")) or self._speaker.model
                self.tally.add("turn_context")
            case "event_msg":
                self._name(record)
                self.tally.add_of("event", record.type)
            case kind:
                self._begin(record)
                self.tally.add(kind)

    def _live(self, record: Record, made: list[TranscriptMessage]) -> Iterator[TranscriptMessage]:
        if record.line is not None and record.line.number in self._gone:
            self.tally.add("off_path", len(made))
            self.left += [one.external_id for one in made]
        else:
            yield from made

    def _begin(self, record: Record) -> None:
        if record.kind == "session_meta" and self.head is None:
            self.head = record.payload
            self._speaker.is_subagent = "subagent" in _origin(self.head)

    def _name(self, record: Record) -> None:
        if record.type == "thread_name_updated":
            told = record.payload
            self.title = text(told.get("thread_name")) or text(told.get("name")) or self.title


def transcript(rollout: Rollout, *, name: str) -> Transcript | None:
    """Make the transcript of a file called `name`; None when nothing was said in it."""
    messages = rollout.messages
    if not messages:
        return None
    head = rollout.head or {}
    named = _ID.search(name)
    git = table(head.get("git"))
    started_at, ended_at = dates(messages)
    replied = models(messages)
    return Transcript(
        tool=TOOL,
        external_id=text(head.get("id")) or (named[0] if named else PurePath(name).stem),
        title=rollout.title or opening(messages),
        started_at=moment(head.get("timestamp")) or started_at,
        ended_at=ended_at,
        model=replied[-1] if replied else None,
        cwd=text(head.get("cwd")) or rollout.cwd,
        git_branch=text(git.get("branch")),
        git_commit=text(git.get("commit_hash")),
        messages=messages,
        left=rollout.left,
        usage=rollout.spent.usage(),
        skipped=rollout.tally.counts(),
        metadata=_metadata(head, git, replied) | _origin(head),
    )


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
