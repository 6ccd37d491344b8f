"""Make a memory searchable."""

from contextfs.journeys.find.index import index_memory
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Bring the passages of a memory up to date, and ask for their vectors."""
    made = index_memory(call, event.subject)
    if made:
        call.emit("passages.indexed", event.subject, event.project_id, passages=made)
