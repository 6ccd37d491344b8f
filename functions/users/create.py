"""Add a member or a service account."""

from contextfs.domain.access.people.model import NewUser, User
from contextfs.journeys.enter import people
from contextfs.kit.call import Call


def handle(call: Call, body: NewUser) -> User:
    """Add a person, who signs in by single sign-on, or a service account, which uses its keys."""
    return people.add(call, body)
