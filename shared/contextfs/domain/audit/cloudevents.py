"""Entries of the audit log as CloudEvents 1.0.2, a batch of them in one body (JSON format, section 4).

An event's `id` is that of its entry: who has it already has it twice. `sequence` (the extension of that name) is its
position in the chain, so that what comes twice can be put in order.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.audit.model import AuditEntry

MEDIA_TYPE = "application/cloudevents-batch+json"
_PREFIX = "contextfs.audit."


def batch(org_id: UUID, entries: Sequence[AuditEntry]) -> bytes:
    """Write entries as one body, in their order."""
    return msgspec.json.encode([_event(org_id, entry) for entry in entries])


def _event(org_id: UUID, entry: AuditEntry) -> dict[str, Any]:
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(entry.id),
        "source": f"/contextfs/organizations/{org_id}",
        "type": f"{_PREFIX}{entry.action}",
        "time": entry.at,
        "datacontenttype": "application/json",
        "data": entry,
    }
    if entry.subject is not None:
        event["subject"] = str(entry.subject)
    if entry.position is not None:
        event["sequence"] = str(entry.position).zfill(19)  # as text: so it sorts
    return event
