"""Receive a delivery of a webhook."""

from typing import Annotated

from msgspec import Meta

from contextfs.domain.sources import address, store
from contextfs.domain.sources.address import SourceAddress
from contextfs.journeys.ingest.receive import Ingested, receive
from contextfs.kit.call import Call
from contextfs.kit.fields import ExternalId
from contextfs.kit.payload import Payload
from contextfs.runtime.http.foreign import decoded

Complete = Annotated[bool, Meta(description="Whether its conversations end with this delivery.")]


def handle(
    call: Call,
    source: SourceAddress,
    body: Payload,
    *,
    conversation: ExternalId | None = None,
    complete: Complete = False,
) -> Ingested:
    """Receive a delivery of a source, identified by its signature; the same delivery is accepted once.

    `conversation` names the conversation if the payload does not.
    """
    known = store.get(call.tx, address.read(source).source_id)
    return receive(call, known, decoded(body), conversation=conversation, complete=complete)
