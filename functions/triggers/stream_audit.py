"""Stream an audit log."""

from contextfs.journeys.keep.streaming import send
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Send what was not taken yet; who does not answer is tried again later, and nothing is lost."""
    send(call, event.subject)
