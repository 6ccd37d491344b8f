"""Write an export that was asked for."""

from contextfs.journeys.export.write import write
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Write it with what whoever asked sees; it is read part by part, however large it is."""
    write(call, event.subject)
