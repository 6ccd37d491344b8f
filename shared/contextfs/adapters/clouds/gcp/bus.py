"""The Bus port over Pub/Sub: an event is a CloudEvent in binary form, its attributes where filters can see them."""

import re
from collections.abc import Sequence
from concurrent.futures import TimeoutError as TooLate
from typing import Any

from google.api_core.exceptions import ClientError, GoogleAPIError, TooManyRequests
from google.api_core.retry import Retry
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import PublisherClient  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.kit import envelopes
from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.kit.events import Event

# All tries together end before the relay's lease does: another relay would publish the same in the meantime.
_TRY_SECONDS = 5.0
_ALL_TRIES_SECONDS = 10.0
_REGION = re.compile(r"[a-z]+-[a-z]+\d+")


class PubSubBus:
    """Publishes to one topic, `projects/…/topics/…`. The topic's subscriptions say who gets what. It does not order.

    In a region of Google's it publishes by that region's own address. A topic that keeps events in its region refuses
    what arrives in another one, and the address for the whole world leads to wherever is near.
    """

    def __init__(self, topic: str, *, region: str = "") -> None:
        self._topic = topic
        here = {"api_endpoint": f"{region}-pubsub.googleapis.com:443"} if _REGION.fullmatch(region) else {}
        self._client: Any = PublisherClient(client_options=here)
        self._retry = Retry(initial=0.1, maximum=2.0, timeout=_ALL_TRIES_SECONDS)

    def publish(self, events: Sequence[Event]) -> None:
        """Hand over all events, in as few requests as their sizes allow.

        When it raises, some may have gone: all are to be published again. Unavailable passes by itself; any other
        ContextFSError (no such topic, no right to publish) is for whoever runs the installation.
        """
        sent = [self._send(event) for event in events]
        try:
            for one in sent:
                one.result(timeout=_ALL_TRIES_SECONDS + _TRY_SECONDS)
        except (GoogleAPIError, GoogleAuthError, TooLate) as error:
            lasting = isinstance(error, ClientError) and not isinstance(error, TooManyRequests)
            detail = f"The topic {self._topic} takes no events: {type(error).__name__}."
            raise (ContextFSError(detail) if lasting else Unavailable(detail)) from error

    def close(self) -> None:
        """Give the connections back."""
        self._client.stop()
        self._client.transport.close()

    def _send(self, event: Event) -> Any:
        attributes, data = envelopes.binary(event)
        return self._client.publish(self._topic, data, retry=self._retry, timeout=_TRY_SECONDS, **attributes)
