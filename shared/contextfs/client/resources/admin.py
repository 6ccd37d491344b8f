"""Administration: `client.admin`."""

from datetime import datetime

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.domain.audit.model import AuditEntry, AuditReport, Retention
from contextfs.domain.events.model import DeadLetter
from contextfs.domain.search.generations import Reindexing
from contextfs.domain.spending.model import ModelCall
from contextfs.kit.page import Page

_PATH = "/v1/admin/dead-letters"
_AUDIT = "/v1/admin/audit-logs"
_MODELS = "/v1/admin/model-calls"
_REINDEX = "/v1/admin/reindex"


class Admin:
    """Shows who did what and which events failed, and retries them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def dead_letters(self, *, page_size: int | None = None) -> Listing[DeadLetter]:
        """List the events that a consumer could not handle, newest first, with the error."""
        return Listing(
            lambda cursor: self._transport.call(
                "GET", _PATH, Page[DeadLetter], query={"limit": page_size, "cursor": cursor}
            )
        )

    def replay(self, letter_id: Id) -> DeadLetter:
        """Deliver a dead letter to its consumer again."""
        return self._transport.call("POST", f"{_PATH}/{segment(letter_id)}/replay", DeadLetter)

    def reindex(self) -> Reindexing:
        """Start, or continue, making the vectors again with the current model; search works meanwhile."""
        return self._transport.call("POST", _REINDEX, Reindexing)

    def reindexing(self) -> Reindexing:
        """Return which vectors search uses, and the progress of those that will replace them."""
        return self._transport.call("GET", _REINDEX, Reindexing)

    def model_calls(self, *, page_size: int | None = None) -> Listing[ModelCall]:
        """List the calls to language models, newest first, with their cost."""
        return Listing(
            lambda cursor: self._transport.call(
                "GET", _MODELS, Page[ModelCall], query={"limit": page_size, "cursor": cursor}
            )
        )

    def audit_logs(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        actor: Id | None = None,
        user: Id | None = None,
        action: str | None = None,
        subject: Id | None = None,
        project_id: Id | None = None,
        page_size: int | None = None,
    ) -> Listing[AuditEntry]:
        """List who did what, newest first; `action` may be `memory.*`.

        `actor` is a key or a person; `user` is a member, whichever of their keys and logins they used.
        """
        asked = {
            "since": since,
            "until": until,
            "actor": actor,
            "user": user,
            "action": action,
            "subject": subject,
            "project_id": project_id,
            "limit": page_size,
        }
        return Listing(
            lambda cursor: self._transport.call("GET", _AUDIT, Page[AuditEntry], query=asked | {"cursor": cursor})
        )

    def audit_verify(self, head: str | None = None) -> AuditReport:
        """Check that nobody changed the log, and that it still contains the `head` of an earlier check."""
        return self._transport.call("GET", f"{_AUDIT}/verify", AuditReport, query={"head": head})

    def retention(self) -> Retention:
        """Read how many days the log is kept; None is for ever."""
        return self._transport.call("GET", f"{_AUDIT}/retention", Retention)

    def retain(self, keep_days: int | None) -> Retention:
        """Set how many days the log is kept, at least 30; None is for ever."""
        return self._transport.call("PUT", f"{_AUDIT}/retention", Retention, body=Retention(keep_days=keep_days))
