"""Send an undelivered event again."""

from uuid import UUID

from contextfs.domain.events import store
from contextfs.domain.events.model import DeadLetter
from contextfs.kit.call import Call


def handle(call: Call, letter_id: UUID) -> DeadLetter:
    """Send the event of a dead letter again."""
    letter = store.replay(call.tx, letter_id, call.now)
    call.note(subject=letter_id, consumer=letter.consumer)
    return letter
