"""Take a memory into the graph."""

from contextfs.journeys.graph.relate import relate
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Bring what a memory mentions and states up to date; one that is deleted leaves the graph."""
    relate(call, [event.subject])
