"""What somebody sent: it is read when that is first asked for, while the database already looks for who they are."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from contextfs.kit.call import Services
from contextfs.kit.errors import BadInput, ContextFSError, TooLarge
from contextfs.kit.payload import Payload
from contextfs.kit.ports import Statement
from contextfs.runtime.door import idempotency
from contextfs.runtime.door.binding import Binding, addressed, embodied
from contextfs.runtime.http import preconditions
from contextfs.runtime.http.media import media_type_of
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.http.packing import is_packed, unpacked
from contextfs.runtime.table import JSON, Route

_SMALL = 16_384
"""Bytes that are read in half a millisecond, whatever they say."""


class Read(NamedTuple):
    """A request as it was read: unpacked, and with the arguments that its handler takes."""

    request: HttpRequest
    taken: dict[str, Any]


class Sent:
    """A request to a route. Whatever is wrong with it is told by who reads it, each time."""

    def __init__(self, route: Route, binding: Binding, request: HttpRequest) -> None:
        self._route = route
        self._binding = binding
        self._request = request
        self._draft: Any = None

    @property
    def is_long(self) -> bool:
        """Whether it may take long to read: no connection should wait for that. Of what is packed nobody knows."""
        return len(self._request.body) > _SMALL or is_packed(self._request)

    @cached_property
    def read(self) -> Read:
        """Read it into the handler's arguments: TooLarge, UnsupportedMedia, BadInput or Invalid tell what is wrong."""
        route, binding, request = self._route, self._binding, self._request
        if len(request.body) > route.body_limit:
            told = f"The body is larger than {route.body_limit} bytes: send it in smaller parts."
            raise TooLarge(told, where="body")
        media_type = JSON
        if binding.body_type is Payload or (request.body and binding.body_type is not None):
            media_type = media_type_of(route, request.headers)
            request = unpacked(request, route.body_limit)
        return Read(request, self._addressed | embodied(binding, request, media_type))

    @cached_property
    def expected(self) -> frozenset[str] | None:
        """The versions that it expects of what it changes, or None; BadInput where nothing has versions."""
        expected = preconditions.expected_versions(self._request.headers)
        if expected is not None and not self._binding.compares:
            raise BadInput("Nothing here has versions to compare: leave If-Match out.", where="header.If-Match")
        return expected

    def begin(self) -> None:
        """Begin to do what it asks for, once more maybe: a draft that was made before is of that time."""
        self._draft = None

    def ahead(self) -> Sequence[Statement]:
        """Give what its handler asks first, as far as that is known before it is read."""
        if not self._binding.asks_of_body and not self._is_keyed:
            with suppress(ContextFSError):
                return self._binding.ahead(self._addressed)
        return ()

    @property
    def taken(self) -> dict[str, Any]:
        """All arguments of its handler: the draft is None where none was made."""
        taken = self.read.taken
        return taken if self._binding.draft is None else taken | {"draft": self._draft}

    def check(self) -> None:
        """Read all of it."""
        _ = self.read, self.expected

    def behind(self, services: Services, org_id: UUID, now: datetime, *, stores: bool) -> Sequence[Statement]:
        """Let its handler make a draft, and give what is asked first beside what the address told, or stores that."""
        if self._binding.draft is not None and not self.is_long:
            self._draft = self._binding.draft({**self.read.taken, "services": services, "org_id": org_id, "now": now})
        if self._is_keyed:
            return ()
        first = self.first() if self._binding.asks_of_body else ()
        return (*first, *self._binding.behind(self._draft)) if stores and self._draft is not None else first

    def first(self) -> Sequence[Statement]:
        """Give all that its handler asks first."""
        return self._binding.ahead(self.taken)

    @property
    def _is_keyed(self) -> bool:
        """Whether it brings an Idempotency-Key: that comes before whatever locks, or a twin that has it would wait."""
        return idempotency.is_asked_for(self._request)

    @cached_property
    def _addressed(self) -> dict[str, Any]:
        return addressed(self._binding, self._request)
