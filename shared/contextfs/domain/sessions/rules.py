"""How the messages of a capture are known again."""

from collections.abc import Iterable, Iterator

import msgspec

from contextfs.domain.sessions.model import NewMessage


def named(messages: Iterable[NewMessage]) -> Iterator[NewMessage]:
    """Give each message an external id: its place, when it brings none. That is what makes a capture repeatable."""
    for place, message in enumerate(messages):
        yield message if message.external_id is not None else msgspec.structs.replace(message, external_id=f"#{place}")
