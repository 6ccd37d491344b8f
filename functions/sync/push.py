"""Receive what a machine has and the server may lack."""

from contextfs.domain.feed.model import Push, Pushed
from contextfs.journeys.share import push
from contextfs.kit.call import Call


def handle(call: Call, body: Push) -> Pushed:
    """Store revisions and sessions that are not stored yet; what cannot be stored is refused, with reasons."""
    return push.push(call, body)
