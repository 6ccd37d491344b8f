"""Go on with reindexing."""

from contextfs.journeys.find import reterm
from contextfs.journeys.find.reindex import step
from contextfs.kit.call import Call, Outside
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> Outside[None] | None:
    """Embed the next batch of a generation, or turn to it, or drop a part of an old one; or make the next terms."""
    if event.type == "terms.continued":
        reterm.step(call, event)
        return None
    return step(call, event.subject, event.id)
