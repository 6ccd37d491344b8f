"""Sources, which send conversations by webhook: `client.sources`."""

from typing import TypedDict, Unpack

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.domain.sources.model import Mapping, NewSecret, NewSource, Preset, Scheme, Source, SourceCreated
from contextfs.kit.page import Page

_PATH = "/v1/sources"


class SourceFields(TypedDict, total=False):
    """Optional fields of a new source."""

    preset: Preset
    scheme: Scheme | None
    secret: str | None
    tool: str | None
    tags: list[str]
    mapping: Mapping | None


class Sources:
    """Creates, lists and ends sources, and rotates their secrets."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, name: str, *, project_id: Id | None = None, **fields: Unpack[SourceFields]) -> SourceCreated:
        """Create a source whose name is unique in the organization (Conflict); its `secret` is shown only now."""
        new = NewSource(name=name, project_id=self._transport.address.project(project_id), **fields)
        return self._transport.call("POST", _PATH, SourceCreated, body=new)

    def list(self, *, page_size: int | None = None) -> Listing[Source]:
        """List sources, newest first, without their secrets."""
        return Listing(
            lambda cursor: self._transport.call(
                "GET", _PATH, Page[Source], query={"limit": page_size, "cursor": cursor}
            )
        )

    def rotate(self, source_id: Id, *, secret: str | None = None, grace_hours: int = 24) -> SourceCreated:
        """Give a source a new secret, generated or your own; the old one still signs for `grace_hours`."""
        body = NewSecret(secret=secret, grace_hours=grace_hours)
        return self._transport.call("POST", f"{_PATH}/{segment(source_id)}/rotate", SourceCreated, body=body)

    def delete(self, source_id: Id) -> None:
        """End a source: new deliveries are refused, what it sent stays."""
        self._transport.send("DELETE", f"{_PATH}/{segment(source_id)}")
