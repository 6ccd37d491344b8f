"""Make what was said searchable."""

from contextfs.journeys.find.index import index_session
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Make passages of what is new in a session, or of all anew when its own fields changed; ask for their vectors."""
    made = index_session(call, event.subject, anew=event.type == "session.updated")
    if made:
        call.emit("passages.indexed", event.subject, event.project_id, passages=made)
