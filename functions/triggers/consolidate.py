"""Consolidate a project in which something was written."""

from contextfs.journeys.consolidate.project import consolidate
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Merge what says the same, close what was overtaken, and let what is not sure wait for a person."""
    consolidate(call, event.subject)
