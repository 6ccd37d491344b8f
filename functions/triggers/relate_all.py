"""Take the memories of a project into the graph."""

from uuid import UUID

from contextfs.journeys.graph.relate import relate_project
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Take the next of a project's memories in; while there are more, ask for those after them."""
    after = event.data.get("after")
    last = relate_project(call, event.subject, UUID(after) if after else None)
    if last is not None:
        call.emit("graph.due", event.subject, event.project_id, after=str(last))
