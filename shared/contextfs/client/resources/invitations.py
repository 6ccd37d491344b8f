"""Invitations: `client.invitations`."""

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.client.resources.users import Ids, as_uuids
from contextfs.domain.access.invitations.model import Invitation, InvitationCreated, Joined, Joining, NewInvitation
from contextfs.kit.page import Page

_PATH = "/v1/admin/invitations"


class Invitations:
    """Invites people, and accepts invitations."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self, email: str, *, role: str = "member", projects: Ids | None = None, days: int = 7
    ) -> InvitationCreated:
        """Invite somebody; the `token` is for them, works once, and is shown only now."""
        new = NewInvitation(email=email, role=role, projects=as_uuids(projects), days=days)
        return self._transport.call("POST", _PATH, InvitationCreated, body=new)

    def list(self, *, open: bool = False, page_size: int | None = None) -> Listing[Invitation]:  # noqa: A002 - the API's name
        """List invitations, newest first; with `open`, only those that can still be accepted."""
        asked = {"open": open or None, "limit": page_size}
        return Listing(
            lambda cursor: self._transport.call("GET", _PATH, Page[Invitation], query=asked | {"cursor": cursor})
        )

    def revoke(self, invitation_id: Id) -> Invitation:
        """End an invitation that was not used."""
        return self._transport.call("DELETE", f"{_PATH}/{segment(invitation_id)}", Invitation)

    def accept(self, name: str | None = None) -> Joined:
        """Become a member: the client's key is the invitation's token. Return the first key."""
        return self._transport.call("POST", "/v1/invitations/accept", Joined, body=Joining(name=name))
