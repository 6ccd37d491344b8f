"""Give new passages their vectors."""

from contextfs.journeys.find.embed import embed
from contextfs.kit.call import Call, Outside
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> Outside[None] | None:
    """Embed a batch of waiting passages; while more may wait, ask for the next batch."""
    return embed(call, event)
