"""Note that a project is to be consolidated."""

from contextfs.domain.reviews import store
from contextfs.domain.reviews.store import Due
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Note the project and the reader: however much is written, a schedule looks at it once."""
    if event.project_id is not None:
        store.note(call.tx, Due(event.org_id, event.project_id, event.reader, call.now))
