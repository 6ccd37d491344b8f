"""Give new passages their vectors."""

from contextfs.journeys.find.embed import embed
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Embed a batch of waiting passages; while more may wait, ask for the next batch."""
    if embed(call):
        call.emit("passages.indexed", event.subject, event.project_id)
