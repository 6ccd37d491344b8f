"""Stream an audit log."""

from contextfs.journeys.keep.sending import send
from contextfs.kit.call import Afterwards, Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> Afterwards | None:
    """Send what was not taken yet, after the commit; who does not answer is tried again later, and nothing is lost."""
    return send(call, event.subject)
