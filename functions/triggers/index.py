"""Make what happened searchable."""

from contextfs.journeys.find.index import index_memory, index_session
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Bring the passages of the event's subject up to date, and ask for their vectors."""
    if event.type.startswith("memory."):
        made = index_memory(call, event.subject)
    else:
        made = index_session(call, event.subject, anew=event.type == "session.updated")
    if made:
        call.emit("passages.indexed", event.subject, event.project_id, passages=made)
