"""Let a language model read what was said, where there is one."""

from contextfs.journeys.learn.by_model import learn_by_model
from contextfs.kit.call import Call, Outside
from contextfs.kit.events import Event


def handle(call: Call, event: Event) -> Outside[None] | None:
    """Read the next part of a completed session; while there is more, ask for the part after it."""
    language = call.services.language()
    return None if language is None else learn_by_model(call, event.subject, language)
