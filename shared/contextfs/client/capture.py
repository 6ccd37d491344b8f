"""Capture: send a conversation of any length in parts that the server accepts; sent twice, it is stored once."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from contextfs.domain.sessions.model import NewMessage
from contextfs.kit.receipt import Receipt

MOST_MESSAGES = 500
MOST_BYTES = 4 * 1024 * 1024


def batches(messages: Iterable[NewMessage]) -> Iterator[list[NewMessage]]:
    """Split messages, in order: at most 500 and 4 MiB of JSON in each part; a larger message is a part of its own."""
    batch: list[NewMessage] = []
    size = 0
    for message in messages:
        length = len(msgspec.json.encode(message)) + 1
        if batch and (len(batch) >= MOST_MESSAGES or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch


def summed(receipts: Sequence[Receipt]) -> Receipt:
    """Add up receipts, at least one. What is pending in one of them is pending in the sum."""
    return Receipt(
        stored=sum(receipt.stored for receipt in receipts),
        stored_at=max(receipt.stored_at for receipt in receipts),
        duplicates=sum(receipt.duplicates for receipt in receipts),
        redacted=sum(receipt.redacted for receipt in receipts),
        pending=tuple(dict.fromkeys(name for receipt in receipts for name in receipt.pending)),
        refused=tuple(refusal for receipt in receipts for refusal in receipt.refused),
    )
