"""Read the record of a session again."""

from contextfs.journeys.capture.reread import reread
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Bring its messages to what a better reader makes of what its tool wrote."""
    transcripts = call.services.transcripts()
    if transcripts is not None:
        reread(call, event, transcripts)
