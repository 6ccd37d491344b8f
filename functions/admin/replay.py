"""Send an event again that could not be delivered."""

from uuid import UUID

from contextfs.domain.events import store
from contextfs.domain.events.model import DeadLetter
from contextfs.kit.call import Call


def handle(call: Call, letter_id: UUID) -> DeadLetter:
    """Let a dead letter's event leave once more."""
    letter = store.replay(call.tx, letter_id, call.now)
    call.note(subject=letter_id, consumer=letter.consumer)
    return letter
