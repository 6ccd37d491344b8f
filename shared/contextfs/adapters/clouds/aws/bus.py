"""The Bus port over EventBridge: an event's detail is a CloudEvent in structured form, which rules look into."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.kit import envelopes
from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.kit.events import Event

Entry = dict[str, Any]

SOURCE = "contextfs"
MOST_ENTRIES = 10
"""PutEvents takes no more at once."""
MOST_BYTES = 256 * 1024
"""Nor more than this of all entries together: the limit of the partitions that have the lowest."""

_PAUSES = (0.1, 0.4, 1.6)
_PATIENCE = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})
_LASTING = {"AccessDeniedException", "ResourceNotFoundException", "ValidationException"}


class EventBridgeBus:
    """Publishes to one event bus, by its name or ARN. The bus's rules say who gets what. It does not order."""

    def __init__(self, bus: str, *, region: str) -> None:
        self._bus = bus
        sdk: Any = boto3
        self._client = sdk.client("events", region_name=region, config=_PATIENCE)

    def publish(self, events: Sequence[Event]) -> None:
        """Hand over all events, in as few requests as their number and sizes allow.

        When it raises, some may have gone: all are to be published again. Unavailable passes by itself; any other
        ContextFSError (no such bus, no right to publish) is for whoever runs the installation.
        """
        for batch in batches([self._entry(event) for event in events]):
            self._put(batch)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _entry(self, event: Event) -> Entry:
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": event.type,
            "Time": event.time,
            "Detail": envelopes.structured(event).decode(),
        }

    def _put(self, batch: list[Entry]) -> None:
        """Put a batch, and what of it was refused again: EventBridge takes some and refuses others."""
        left = self._try(batch)
        for pause in _PAUSES:
            if not left:
                return
            time.sleep(pause)
            left = self._try(left)
        if left:
            raise Unavailable(f"The event bus {self._bus} took {len(batch) - len(left)} of {len(batch)} events.")

    def _try(self, batch: list[Entry]) -> list[Entry]:
        """Put a batch; gives the entries that were refused."""
        try:
            told = self._client.put_events(Entries=batch)["Entries"]
        except ClientError as error:
            response: dict[str, Any] = error.response
            code = response.get("Error", {}).get("Code", "")
            detail = f"The event bus {self._bus} takes no events: {code}."
            raise (ContextFSError(detail) if code in _LASTING else Unavailable(detail)) from error
        except BotoCoreError as error:
            raise Unavailable(f"The event bus {self._bus} takes no events: {type(error).__name__}.") from error
        return [entry for entry, one in zip(batch, told, strict=True) if "EventId" not in one]


def batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Cut entries into what one request takes. An entry that is too large by itself stays alone, to be refused."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        more = size_of(entry)
        if batch and (len(batch) == MOST_ENTRIES or size + more > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += more
    if batch:
        yield batch


def size_of(entry: Entry) -> int:
    """Give an entry's size in bytes, as AWS's guide of EventBridge counts it: 14 for its time, and its texts."""
    return 14 + sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))
