"""Read the record of a session again."""

from contextfs.journeys.capture.reread import reread
from contextfs.journeys.learn.learn import relearn
from contextfs.kit.call import Call
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> None:
    """Bring its messages to what a better reader makes of what its tool wrote, and learn from what they say now."""
    transcripts = call.services.transcripts()
    if transcripts is not None and reread(call, event, transcripts):
        relearn(call, event.subject)
