"""What every reader does with its messages in the end: chain them, date them, and find words for a title."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from contextfs.adapters.transcripts.model import TranscriptMessage
from contextfs.adapters.transcripts.voices import headline


def chained(messages: Iterable[TranscriptMessage]) -> tuple[TranscriptMessage, ...]:
    """Make each message point to the one before it."""
    chain: list[TranscriptMessage] = []
    for message in messages:
        before = chain[-1].external_id if chain else None
        chain.append(msgspec.structs.replace(message, parent_id=before))
    return tuple(chain)


def dates(messages: Sequence[TranscriptMessage]) -> tuple[datetime | None, datetime | None]:
    """Give the earliest and the latest time that a message carries."""
    times = [message.created_at for message in messages if message.created_at]
    return min(times, default=None), max(times, default=None)


def models(messages: Sequence[TranscriptMessage]) -> list[str]:
    """Give the models that replied, each once, in order of their last reply."""
    named = [message.model for message in messages if message.model]
    return list(reversed(dict.fromkeys(reversed(named))))


def opening(messages: Sequence[TranscriptMessage]) -> str | None:
    """Give the first line of the first prompt that says something."""
    lines = (headline(message.content) for message in messages if message.kind == "prompt")
    return next((line for line in lines if line), None)
