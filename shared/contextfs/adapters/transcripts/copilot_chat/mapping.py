"""Maps a chat session of VS Code to a transcript."""

from typing import Any
from urllib.parse import unquote, urlsplit

from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.copilot_chat.messages import left, messages, names
from contextfs.adapters.transcripts.copilot_chat.reader import Log
from contextfs.adapters.transcripts.model import Transcript, Usage
from contextfs.adapters.transcripts.shapes import count, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "copilot-chat"


def transcript(log: Log, *, fallback_id: str, cwd: str | None, tally: Tally) -> Transcript | None:
    """Make the transcript of a session; None when nothing was said."""
    session = log.session
    requests = [table(request) for request in items(session.get("requests"))]
    said = chained(message for request in requests for message in messages(request, tally))
    if not said:
        return None
    started_at, ended_at = dates(said)
    replied = models(said)
    known = {"models": replied, "responder": text(session.get("responderUsername"))}
    return Transcript(
        tool=TOOL,
        external_id=text(session.get("sessionId")) or fallback_id,
        title=text(session.get("customTitle")) or opening(said),
        started_at=started_at or moment(session.get("creationDate")),
        ended_at=ended_at or moment(session.get("lastMessageDate")),
        model=replied[-1] if replied else None,
        cwd=cwd or _base(requests),
        messages=said,
        left=[*(name for one in requests for name in left(one)), *(name for one in log.removed for name in names(one))],
        usage=_usage(requests),
        skipped=tally.counts(),
        metadata={key: value for key, value in known.items() if value},
    )


def folder(workspace: object) -> str | None:
    """Give the path of a workspace's folder from its address."""
    address = text(table(workspace).get("folder"))
    return unquote(urlsplit(address).path) or None if address else None


def _usage(requests: list[dict[str, Any]]) -> Usage:
    return Usage(
        input_tokens=sum(_figure(request, "promptTokens", "promptTokens") for request in requests),
        output_tokens=sum(_figure(request, "completionTokens", "outputTokens") for request in requests),
    )


def _figure(request: dict[str, Any], own: str, of_result: str) -> int:
    """Give a figure of a request, which stands there and in its result."""
    return count(request.get(own)) or count(table(table(request.get("result")).get("metadata")).get(of_result))


def _base(requests: list[dict[str, Any]]) -> str | None:
    parts = (table(part) for request in requests for part in items(request.get("response")))
    bases = (text(table(part.get("baseUri")).get("path")) for part in parts)
    return next((base.rstrip("/") or "/" for base in bases if base), None)
