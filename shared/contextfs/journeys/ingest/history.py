"""Ids for messages that have none, where a program sends the whole conversation again with each turn.

The id of a message is a hash over what was said up to and with it, so the beginning that came before is known again,
and a history that was cut or rewritten is kept beside it: nothing is taken for known that is not. System messages
often tell the time, and are known by their own text alone.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from contextfs.domain.sessions.model import NewMessage

_DIGITS = 40


def named(messages: Iterable[NewMessage]) -> Iterator[NewMessage]:
    """Give each message an external id, unless it has one."""
    said = hashlib.sha256()
    for message in messages:
        form = msgspec.json.encode((message.role, message.content, message.tool_calls))
        if message.role == "system":
            name = f"system:{hashlib.sha256(form).hexdigest()[:_DIGITS]}"
        else:
            said.update(len(form).to_bytes(8, "big") + form)
            name = f"turn:{said.hexdigest()[:_DIGITS]}"
        yield message if message.external_id else msgspec.structs.replace(message, external_id=name)


def counted(messages: Iterable[NewMessage]) -> Iterator[NewMessage]:
    """Give each message an id by its own text, and by how often that was said before it among these.

    This is for messages that come one by one, and not always with those before them: their history is not at hand.
    """
    seen: Counter[str] = Counter()
    for message in messages:
        form = msgspec.json.encode((message.role, message.content, message.tool_calls))
        said = hashlib.sha256(form).hexdigest()[:_DIGITS]
        seen[said] += 1
        name = f"said:{said}:{seen[said]}"
        yield message if message.external_id else msgspec.structs.replace(message, external_id=name)
