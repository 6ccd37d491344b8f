"""Go on with reindexing."""

from contextfs.journeys.find.reindex import step
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Embed the next batch of a generation, or turn to it, or drop a part of an old one."""
    step(call, event.subject)
