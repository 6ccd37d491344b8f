"""Sessions: `client.sessions`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, TypedDict, Unpack

from contextfs.client import capture
from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.client.resources.stream import Line, SessionStream, watch
from contextfs.domain.records.model import NewRecordLines, Record, RecordLines
from contextfs.domain.sessions.model import (
    Captured,
    Message,
    NewMessage,
    NewMessages,
    NewSession,
    NewSessionFields,
    Session,
    SessionChange,
    SessionWritten,
    Status,
)
from contextfs.domain.sessions.rules import named
from contextfs.kit.fields import Sensitivity, Visibility, Wait
from contextfs.kit.page import Page

_PATH = "/v1/sessions"


_Batch = list[NewMessage]


class SessionChanges(TypedDict, total=False):
    """Fields of a session that can be changed; what is left out stays as it is."""

    title: str | None
    model: str | None
    visibility: Visibility
    sensitivity: Sensitivity | None
    tags: list[str]
    annotations: dict[str, Any]
    metadata: dict[str, Any]
    input_tokens: int
    output_tokens: int


class SessionFilters(TypedDict, total=False):
    """Filters of sessions; all must match."""

    project_id: Id | None
    tool: str | None
    status: Status | None
    branch: str | None
    tag: str | None
    since: datetime | None


class Sessions:
    """Captures conversations, and reads, changes and deletes them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        tool: str,
        *,
        project_id: Id | None = None,
        external_id: str | None = None,
        messages: Iterable[NewMessage] = (),
        wait: Wait = None,
        **fields: Unpack[NewSessionFields],
    ) -> SessionWritten:
        """Create a session, with up to 1,000 messages; a known `external_id` returns its session.

        `capture` takes conversations of any length.
        """
        project = self._transport.address.project(project_id)
        new = NewSession(project_id=project, tool=tool, external_id=external_id, messages=[*messages], **fields)
        return self._transport.call("POST", _PATH, SessionWritten, query={"wait": wait}, body=new)

    def capture(
        self,
        tool: str,
        external_id: str,
        messages: Iterable[NewMessage],
        *,
        project_id: Id | None = None,
        complete: bool = True,
        ended_at: datetime | None = None,
        wait: Wait = None,
        **fields: Unpack[NewSessionFields],
    ) -> Captured:
        """Store a whole conversation of any length, and close it, so that memories are learned from it.

        It may be sent again, complete and longer than before: what is stored is not stored again. For this, each
        message needs an `external_id` that does not change; without one, its position identifies it.
        """
        batches = capture.batches(named(messages))
        first = next(batches, _Batch())
        written = self.create(tool, project_id=project_id, external_id=external_id, messages=first, wait=wait, **fields)
        added = len(first) - written.receipt.duplicates if first else 0
        created = written.receipt.stored > added
        receipts, sent = [written.receipt], len(first)
        for batch in batches:
            sent += len(batch)
            written = self.append(written.session.id, batch, wait=wait)
            receipts.append(written.receipt)
            added += len(batch) - written.receipt.duplicates
        session = self._rounded_off(written.session, fields, complete=complete, ended_at=ended_at)
        return Captured(
            session=session,
            receipt=capture.summed(receipts),
            created=created,
            added=added,
            present=sent - added,
        )

    def list(self, *, page_size: int | None = None, **filters: Unpack[SessionFilters]) -> Listing[Session]:
        """List sessions, newest first."""
        query = {**filters, "limit": page_size}
        return Listing(
            lambda cursor: self._transport.call("GET", _PATH, Page[Session], query={**query, "cursor": cursor})
        )

    def get(self, session_id: Id) -> Session:
        """Read one session, without its messages."""
        return self._transport.call("GET", f"{_PATH}/{segment(session_id)}", Session)

    def messages(self, session_id: Id, *, page_size: int | None = None) -> Listing[Message]:
        """Read the messages of a session, in order."""
        path = f"{_PATH}/{segment(session_id)}/messages"
        return Listing(
            lambda cursor: self._transport.call(
                "GET", path, Page[Message], query={"limit": page_size, "cursor": cursor}
            )
        )

    def append(
        self, session_id: Id, messages: Iterable[NewMessage], *, if_match: str | None = None, wait: Wait = None
    ) -> SessionWritten:
        """Append up to 1,000 messages, in order; a known `external_id` is not stored again."""
        path = f"{_PATH}/{segment(session_id)}/messages"
        body = NewMessages(messages=[*messages])
        return self._transport.call("POST", path, SessionWritten, query={"wait": wait}, body=body, if_match=if_match)

    def record(self, session_id: Id) -> Record:
        """Return how much of a tool's record of a session is kept, and in which chunks."""
        return self._transport.call("GET", f"{_PATH}/{segment(session_id)}/record", Record)

    def record_lines(self, session_id: Id, *, line: int = 0) -> Iterator[str]:
        """Return a tool's record of a session, line by line without line ends, from one line on."""
        path = f"{_PATH}/{segment(session_id)}/record/lines"
        at: int | None = line
        while at is not None:
            found = self._transport.call("GET", path, RecordLines, query={"line": at})
            yield from found.lines
            at = found.next_line

    def put_record(
        self, session_id: Id, lines: Iterable[str], *, reader: str, line: int = 0, read_again: bool = False
    ) -> Record:
        """Keep a tool's record of a session, from a line on: up to 20,000 lines and 8 MiB.

        `read_again`: what it leaves behind of the session changed, whose messages are brought to that.
        """
        body = NewRecordLines(reader=reader, line=line, lines=[*lines], read_again=read_again)
        return self._transport.call("PUT", f"{_PATH}/{segment(session_id)}/record", Record, body=body)

    def stream(self, session_id: Id) -> SessionStream:
        """Append to a session live: each message is acknowledged when it is stored; a lost connection is made again.

        with client.sessions.stream(session.id) as stream:
            stream.append(NewMessage(role="user", content="Hello."))
        """
        return SessionStream(partial(self._line, session_id))

    def watch(self, session_id: Id, *, from_beginning: bool = True) -> Iterator[Message]:
        """Return the messages of a session as they are said, each once, without an end."""
        return watch(self._line(session_id), from_beginning=from_beginning)

    def update(
        self, session_id: Id, *, if_match: str | None = None, **changes: Unpack[SessionChanges]
    ) -> SessionWritten:
        """Change a session's own fields; with `if_match`, only if it still has that version."""
        path = f"{_PATH}/{segment(session_id)}"
        return self._transport.call("PATCH", path, SessionWritten, body=SessionChange(**changes), if_match=if_match)

    def complete(self, session_id: Id, *, ended_at: datetime | None = None) -> SessionWritten:
        """Close a session, so that memories are learned from it; later messages open it again."""
        path = f"{_PATH}/{segment(session_id)}/complete"
        return self._transport.call("POST", path, SessionWritten, query={"ended_at": ended_at})

    def delete(self, session_id: Id, *, if_match: str | None = None) -> None:
        """Delete a session with its messages; memories that were learned from it stay."""
        self._transport.send("DELETE", f"{_PATH}/{segment(session_id)}", if_match=if_match)

    def _line(self, session_id: Id, **query: str) -> Line:
        return Line(self._transport.address, segment(session_id), self._transport.retries, **query)

    def _rounded_off(
        self, session: Session, fields: NewSessionFields, *, complete: bool, ended_at: datetime | None
    ) -> Session:
        """Update the token counts of a session that grew, and close it."""
        spent = (fields.get("input_tokens", 0), fields.get("output_tokens", 0))
        if session.status == "open" and spent > (session.input_tokens, session.output_tokens):
            session = self.update(session.id, input_tokens=spent[0], output_tokens=spent[1]).session
        if complete and session.status == "open":
            session = self.complete(session.id, ended_at=ended_at).session
        return session
