"""Administration: `client.admin`."""

from contextfs.client.address import Id
from contextfs.client.pages import Listing
from contextfs.client.transport import Transport, segment
from contextfs.domain.events.model import DeadLetter
from contextfs.kit.page import Page

_PATH = "/v1/admin/dead-letters"


class Admin:
    """Shows what went wrong behind the calls, and sets it going again."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def dead_letters(self, *, page_size: int | None = None) -> Listing[DeadLetter]:
        """List the events that a consumer could not take, newest first, with the error."""
        return Listing(
            lambda cursor: self._transport.call(
                "GET", _PATH, Page[DeadLetter], query={"limit": page_size, "cursor": cursor}
            )
        )

    def replay(self, letter_id: Id) -> DeadLetter:
        """Bring a dead letter to its consumer once more."""
        return self._transport.call("POST", f"{_PATH}/{segment(letter_id)}/replay", DeadLetter)
