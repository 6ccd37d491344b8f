"""Maps a session of Cline's, or a task of one of the editor extensions, to a transcript."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.cline.messages import Speaker
from contextfs.adapters.transcripts.cline.where import EXTENSIONS
from contextfs.adapters.transcripts.model import Transcript, Usage
from contextfs.adapters.transcripts.shapes import amount, count, document, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "cline"
_FOLDER = re.compile(r"# Current (?:Working|Workspace) Directory \(([^()\n]+)\) Files")
_FIELDS = ("inputTokens", "outputTokens", "cacheWriteTokens", "cacheReadTokens")
_SHOWN_FIELDS = ("tokensIn", "tokensOut", "cacheWrites", "cacheReads")


def of_command(whole: dict[str, Any], about: dict[str, Any], *, fallback_id: str, tally: Tally) -> Transcript | None:
    """Make the transcript of a session of Cline's command; `about` is what the file beside it says."""
    entries = [table(entry) for entry in items(whole.get("messages"))]
    session = text(whole.get("sessionId")) or text(about.get("session_id")) or fallback_id
    metadata = table(about.get("metadata"))
    usage = _usage([table(entry.get("metrics")) for entry in entries], _FIELDS, "cost")
    told = _usage([table(metadata.get("usage"))], _FIELDS, "totalCost")
    return _transcript(
        entries,
        external_id=session,
        title=text(metadata.get("title")),
        cwd=text(about.get("cwd")),
        branch=text(table(metadata.get("git")).get("branch")),
        began=moment(about.get("started_at")),
        usage=told if told.input_tokens + told.output_tokens > usage.input_tokens + usage.output_tokens else usage,
        known={"version": text(table(whole.get("origin")).get("version")), "provider": text(about.get("provider"))},
        tally=tally,
    )


def of_extension(
    entries: list[Any], shown: object, *, folder: str, fallback_id: str, tally: Tally
) -> Transcript | None:
    """Make the transcript of a task of an editor extension; its folder is called by the task's id."""
    task = PurePath(folder).name if folder else fallback_id
    calls = [table(document(said.encode("utf-8", "replace"))) for said in _requests(shown)]
    known = {"extension": next((one for one in EXTENSIONS if one in PurePath(folder).parts), None)}
    return _transcript(
        [table(entry) for entry in entries],
        external_id=task,
        title=None,
        cwd=_cwd(entries),
        branch=None,
        began=moment(int(task)) if task.isdecimal() and len(task) < 16 else None,
        usage=_usage(calls, _SHOWN_FIELDS, "cost"),
        known=known,
        tally=tally,
    )


def _transcript(
    entries: Sequence[dict[str, Any]],
    *,
    external_id: str,
    title: str | None,
    cwd: str | None,
    branch: str | None,
    began: Any,
    usage: Usage,
    known: dict[str, Any],
    tally: Tally,
) -> Transcript | None:
    speaker = Speaker(entries, tally)
    messages = chained(made for n, entry in enumerate(entries) for made in speaker.messages(n, entry))
    if not messages:
        return None
    started_at, ended_at = dates(messages)
    replied = models(messages)
    metadata = known | {"models": replied}
    return Transcript(
        tool=TOOL,
        external_id=external_id,
        title=title or opening(messages),
        started_at=began or started_at,
        ended_at=ended_at,
        model=replied[-1] if replied else None,
        cwd=cwd,
        git_branch=branch,
        messages=messages,
        usage=usage,
        skipped=tally.counts(),
        metadata={key: value for key, value in metadata.items() if value},
    )


def _usage(told: list[dict[str, Any]], fields: tuple[str, ...], cost: str) -> Usage:
    sums = [sum(count(one.get(field)) for one in told) for field in fields]
    spent = amount(sum(amount(one.get(cost)) or 0 for one in told))
    return Usage(
        input_tokens=sums[0],
        output_tokens=sums[1],
        cache_creation_tokens=sums[2],
        cache_read_tokens=sums[3],
        cost=spent,
    )


def _requests(shown: object) -> Iterator[str]:
    """Give what the editor noted of each model call: JSON as text."""
    for one in map(table, items(shown)):
        if one.get("say") in ("api_req_started", "deleted_api_reqs"):
            yield text(one.get("text")) or ""


def folder_in(said: str) -> str | None:
    """Give the folder that an extension told its model of."""
    found = _FOLDER.search(said)
    return found[1] if found else None


def _cwd(entries: list[Any]) -> str | None:
    blocks = (table(block) for entry in map(table, entries) for block in items(entry.get("content")))
    return next((folder for block in blocks if (folder := folder_in(text(block.get("text")) or ""))), None)
