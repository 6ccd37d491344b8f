"""End a login."""

from uuid import UUID

from contextfs.journeys.signin import logins
from contextfs.kit.call import Call


def handle(call: Call, login_id: UUID) -> None:
    """End one of the caller's logins: its browser is signed out at its next call."""
    logins.end(call, login_id)
