"""Who calls, as a request tells of it: by a key, a token, a login or a signature."""

from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

from contextfs.domain.networks.model import CallerKind
from contextfs.kit.call import Services
from contextfs.kit.ports import Parameters, Row
from contextfs.runtime.callers.admitted import Admitted
from contextfs.runtime.callers.grant import GrantCaller
from contextfs.runtime.callers.key import KeyCaller, bearer
from contextfs.runtime.callers.login import login_caller
from contextfs.runtime.callers.token import TokenCaller
from contextfs.runtime.door import idempotency
from contextfs.runtime.http import cookies
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.table import SIGNED, Route


class Caller(Protocol):
    """A caller before anything is looked up."""

    @property
    def proof(self) -> bytes | None:
        """What comes again with the same credential, and cannot be guessed; None where each call differs."""
        ...

    kind: ClassVar[CallerKind]
    """What kind of caller it is, as allow-lists tell them apart."""

    @property
    def names(self) -> tuple[UUID, UUID]:
        """The organization, and the thing in it, that the credential names; neither has to be there."""
        ...

    def entering(self, now: datetime) -> tuple[str, Parameters]:
        """Give the statement that makes the caller's claims those of the transaction; it has a row if they exist."""
        ...

    def admitted(self, row: Row | None, request: HttpRequest, now: datetime) -> Admitted:
        """Let the caller in, by that row and the request as it was read, or say why not."""
        ...


def caller(route: Route, request: HttpRequest, services: Services) -> Caller:
    """Read who calls from a request; NotAuthenticated when it does not say. Of a key and a cookie, the key counts."""
    if route.needs == SIGNED:
        from contextfs.domain.sources import address  # noqa: PLC0415 - no other route is opened by a signature
        from contextfs.runtime.callers.source import SourceCaller  # noqa: PLC0415 - as above

        return SourceCaller(address.read(request.path_values["source"]), services.key_pepper)
    once = idempotency.key_of(request)
    cookie = cookies.read(request.headers, cookies.LOGIN, services.public_url)
    if "authorization" in request.headers or cookie is None:
        credential = bearer(request.headers, services.key_pepper)
        if credential.kind == "grant":
            return GrantCaller(credential, route, once, services.public_url)
        return (TokenCaller if credential.kind == "token" else KeyCaller)(credential, route, once)
    return login_caller(cookie, request, services, route, once)
