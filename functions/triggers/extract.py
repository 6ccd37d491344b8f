"""Learn memories from a completed session."""

from contextfs.journeys.learn.learn import learn
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Extract memories by rules and keep what is new, each with the messages it was learned from."""
    learn(call, event.subject)
