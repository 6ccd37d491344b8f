"""The shape of the manifest's rows. A row's name is its handler's file: `memories.get` is functions/memories/get.py.

Standard library only: the table is read by tools that install nothing.
"""

from dataclasses import KW_ONLY, dataclass
from typing import Final, Literal

PUBLIC: Final = "public"
"""The `needs` of a route that anyone may call. It has to be said."""

SIGNED: Final = "signed"
"""The `needs` of a route whose callers are sources: they sign what they send, and have no key."""

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
PROTOBUF: Final = "application/x-protobuf"
"""Media types of bodies."""
CSV: Final = "text/csv"
"""The media type of a list for spreadsheets."""
SAML_METADATA: Final = "application/samlmetadata+xml"
"""The media type of a reply that is no JSON."""
INVITED: Final = "invited"
"""The `needs` of the route that an invitation opens, and no key."""

STREAM: Final = "/v1/sessions/{session_id}/stream"
"""Where a session is streamed over a WebSocket: no route, for it stays open, and each of its batches is a call."""

PROXY: Final = "/v1/proxy"
"""Below it requests to models are passed on: no route, for what passes is streamed, and keeping it is a call."""

KIB: Final = 1024
MIB: Final = 1024 * KIB

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
Size = Literal["small", "medium", "large"]


@dataclass(frozen=True)
class Route:
    """An HTTP door: one method on one path."""

    name: str
    method: Method
    path: str
    _: KW_ONLY
    needs: str
    status: int = 200
    audits: str | None = None
    meters: str | None = None
    body_limit: int = MIB
    accepts: tuple[str, ...] = (JSON,)
    """The media types of a body."""
    returns: str = JSON
    """The media type of the reply."""
    tabular: bool = False
    """Whether its list is also to be had as CSV, by the header Accept."""
    size: Size = "small"
    cost: int = 1
    """How many units of an allowance a call takes; 0 is never limited."""
    whole: bool = False
    """Whether it is about the organization: closed to who reaches some of its projects only."""
    conflicts: bool = False
    """Whether what is asked can contradict what is stored, beyond a taken id or name."""

    @property
    def target(self) -> str:
        """The function's name where a host wants an identifier: unique in a process."""
        return self.name.replace(".", "_")

    @property
    def group(self) -> str:
        """The noun that the route belongs to."""
        return self.name.split(".", 1)[0]


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """An event's door: `on` lists the event types, `*` stands for any verb."""

    name: str
    on: tuple[str, ...]
    makes: Literal["searchable"] | None = None
    """What a caller may ask to have at once, by `?wait=`."""
    size: Size = "small"

    @property
    def target(self) -> str:
        """The function's name where a host wants an identifier."""
        return self.name.replace(".", "_")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A clock's door: run once in every so many seconds."""

    name: str
    every_seconds: int
    size: Size = "small"

    @property
    def target(self) -> str:
        """The function's name where a host wants an identifier."""
        return self.name.replace(".", "_")
