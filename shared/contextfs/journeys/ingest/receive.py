"""Take what a source sent: read it by the source's preset, and keep each conversation in its one session."""

from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.sessions.model import NewSession, SessionWritten
from contextfs.domain.sources.model import Source
from contextfs.journeys.capture import sessions
from contextfs.journeys.capture.clean import Cleaner, cleaner
from contextfs.journeys.ingest import github, mapped, openai, slack
from contextfs.journeys.ingest.heard import Conversation, Heard
from contextfs.kit.call import Call
from contextfs.kit.receipt import Receipt


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation of a delivery, and how many of its messages are new."""

    session_id: UUID
    external_id: str
    stored: int
    duplicates: int


class Ingested(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of a delivery. `challenge` is the answer that Slack expects when an address is set."""

    receipt: Receipt
    sessions: list[Taken] = []
    challenge: str | None = None


def receive(call: Call, source: Source, payload: Any, *, conversation: str | None, complete: bool) -> Ingested:
    """Keep what a delivery holds. What does not fit is refused by itself, and the rest is kept."""
    challenge = slack.challenge_of(payload) if source.preset == "slack" else None
    heard = Heard()
    if challenge is None:
        _read(heard, source, payload, conversation)
    kept = keep(call, heard, project_id=source.project_id, tool=source.tool, tags=source.tags, complete=complete)
    call.note(subject=source.id, project_id=source.project_id)
    return msgspec.structs.replace(kept, challenge=challenge)


def keep(call: Call, heard: Heard, *, project_id: UUID, tool: str, tags: list[str], complete: bool = False) -> Ingested:
    """Keep conversations, each in the session that its id names, and answer with one receipt."""
    taken: list[Taken] = []
    receipts: list[Receipt] = []
    for conversation in heard.conversations:
        written = _kept(call, conversation, project_id, tool, tags)
        session, receipt = written.session, written.receipt
        if (conversation.ended or complete) and session.status == "open":
            sessions.complete(call, session.id, None)
        receipts.append(receipt)
        taken.append(_taken(written, len(conversation.messages)))
    call.details = {"sessions": len(taken), "messages": sum(one.stored for one in taken)}
    call.quantity = sum(one.stored for one in taken)
    receipt = Receipt(
        stored=sum(one.stored for one in receipts),
        stored_at=call.now,
        duplicates=sum(one.duplicates for one in receipts),
        redacted=sum(one.redacted for one in receipts),
        pending=tuple(dict.fromkeys(name for one in receipts for name in one.pending)),
        refused=heard.refused,
    )
    return Ingested(receipt=receipt, sessions=taken)


def _read(heard: Heard, source: Source, payload: Any, conversation: str | None) -> None:
    match source.preset:
        case "github":
            github.read(payload, heard)
        case "slack":
            slack.read(payload, heard, conversation)
        case "openai":
            openai.read(payload, heard, conversation)
        case "json":
            mapped.read(payload, heard, source.mapping or mapped.DEFAULT, conversation)


def _kept(call: Call, heard: Conversation, project_id: UUID, tool: str, tags: list[str]) -> SessionWritten:
    heard = _without_secrets(cleaner(call, project_id), heard)
    new = NewSession(
        project_id=project_id,
        tool=tool,
        external_id=heard.external_id,
        title=heard.title,
        model=heard.model,
        git=heard.git,
        tags=tags,
        metadata=heard.metadata,
        input_tokens=heard.input_tokens,
        output_tokens=heard.output_tokens,
        started_at=min((one.created_at for one in heard.messages if one.created_at), default=None),
        messages=heard.messages,
    )
    return sessions.create(call, new)


def _without_secrets(cleaning: Cleaner, heard: Conversation) -> Conversation:
    """Take secrets out of foreign ids; equal ones stay equal, so that they still find what is stored."""
    messages = [cleaning.fields(message, texts=("external_id",)) for message in heard.messages]
    return msgspec.structs.replace(cleaning.fields(heard, texts=("external_id",)), messages=messages)


def _taken(written: SessionWritten, sent: int) -> Taken:
    duplicates = min(written.receipt.duplicates, sent)
    return Taken(
        session_id=written.session.id,
        external_id=written.session.external_id or "",
        stored=sent - duplicates,
        duplicates=duplicates,
    )
