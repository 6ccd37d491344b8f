"""Send a machine what changed."""

from contextfs.domain.feed.model import Pull, Pulled
from contextfs.journeys.share import pull
from contextfs.kit.call import Call


def handle(call: Call, body: Pull) -> Pulled:
    """Return what changed in a project after a position of its feed, in the order of the commits."""
    return pull.pull(call, body)
