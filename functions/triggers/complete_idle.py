"""Complete a session that nothing came to for a while."""

from contextfs.journeys.capture.idle import complete
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Complete it, so that memories are learned from it; messages that come later open it again."""
    complete(call, event)
