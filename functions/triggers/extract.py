"""Learn memories from a completed session."""

from contextfs.journeys.learn.learn import learn
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Extract memories by rules and keep what is new, each with the messages it was learned from.

    Where the machine that sent the session has learned from it already, its memories come from there.
    """
    if not event.data.get("learned"):
        learn(call, event.subject)
