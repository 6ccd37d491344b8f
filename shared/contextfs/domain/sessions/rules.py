"""How the messages of a capture are known again."""

from collections.abc import Iterable

import msgspec

from contextfs.domain.sessions.model import NewMessage


def named(messages: Iterable[NewMessage]) -> list[NewMessage]:
    """Give each message an external id: its place, when it brings none. That is what makes a capture repeatable."""
    return [
        message if message.external_id is not None else msgspec.structs.replace(message, external_id=f"#{place}")
        for place, message in enumerate(messages)
    ]
