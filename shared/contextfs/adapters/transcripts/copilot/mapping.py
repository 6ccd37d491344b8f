"""Maps the events of one session to a transcript."""

from collections.abc import Sequence
from typing import Any

from contextfs.adapters.transcripts.assembly import chained, dates, models, opening
from contextfs.adapters.transcripts.copilot.events import Event
from contextfs.adapters.transcripts.copilot.messages import Speaker
from contextfs.adapters.transcripts.copilot.usage import spent
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.shapes import moment, table, text
from contextfs.adapters.transcripts.tally import Tally


def transcript(
    events: Sequence[Event], *, tool: str, fallback_id: str, about: dict[str, str], tally: Tally
) -> Transcript | None:
    """Make the transcript of a session; None when nothing was said. `about` is what a file beside it tells."""
    speaker = Speaker(events, tally)
    messages = chained(made for event in events for made in speaker.messages(event))
    if not messages:
        return None
    start = next((event.data for event in events if event.type == "session.start"), dict[str, Any]())
    context = _context(events)
    started_at, ended_at = dates(messages)
    replied = models(messages)
    known = {
        "version": text(start.get("copilotVersion")),
        "vscode_version": text(start.get("vscodeVersion")),
        "models": replied,
        "repository": text(context.get("repository")),
    }
    return Transcript(
        tool=tool,
        external_id=text(start.get("sessionId")) or about.get("id") or fallback_id,
        title=about.get("name") or about.get("summary") or opening(messages),
        started_at=moment(start.get("startTime")) or started_at,
        ended_at=ended_at,
        model=(replied[-1] if replied else None) or text(start.get("selectedModel")),
        cwd=text(context.get("cwd")) or about.get("cwd"),
        git_branch=text(context.get("branch")) or about.get("branch"),
        git_commit=text(context.get("headCommit")),
        messages=messages,
        usage=spent(events),
        skipped=tally.counts(),
        metadata={key: value for key, value in known.items() if value},
    )


def _context(events: Sequence[Event]) -> dict[str, Any]:
    """Give where the session took place, as it was said last."""
    said = (
        table(event.data.get("context"))
        for event in reversed(events)
        if event.type in ("session.start", "session.resume", "session.context_changed")
    )
    return next((context for context in said if context), dict[str, Any]())
