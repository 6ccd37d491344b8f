"""How messages are known again, and what they say."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from contextfs.domain.sessions.model import Message, NewMessage

_PLACE: Final = "source"
"""Where in its file a record stands says nothing of what it says."""


def named(messages: Iterable[NewMessage]) -> Iterator[NewMessage]:
    """Give each message an external id: its place, when it brings none. That is what makes a capture repeatable."""
    for place, message in enumerate(messages):
        yield message if message.external_id is not None else msgspec.structs.replace(message, external_id=f"#{place}")


def says(one: Message) -> tuple[Any, ...]:
    """Give what a message says: of one record, two readings that are equal in it are one."""
    plain = {name: value for name, value in one.metadata.items() if name != _PLACE}
    calls = [(call.id, call.name, call.input) for call in one.tool_calls]
    return one.role, one.kind, one.content, calls, one.model, one.tokens, plain, one.created_at
