"""Who calls: somebody with an API key, or a source that signs what it sends; each begins a transaction in its way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from contextfs.domain.access import keys
from contextfs.domain.access import store as access
from contextfs.domain.access.rules import may
from contextfs.domain.sources import address, sealing, signatures
from contextfs.domain.sources import store as sources
from contextfs.kit.errors import NotAuthenticated, NotFound
from contextfs.kit.ports import Parameters, Row
from contextfs.kit.principal import Principal
from contextfs.runtime import idempotency
from contextfs.runtime.http import HttpRequest
from contextfs.runtime.table import SIGNED, Route


class Admitted(NamedTuple):
    """Who calls, and by what key the same call would be known if it came again; None when it would not."""

    principal: Principal
    once: str | None


class Caller(Protocol):
    """A caller as the request tells of it, before anything is looked up."""

    def entering(self, now: datetime) -> tuple[str, Parameters]:
        """Give the statement that makes the caller's claims those of the transaction; it has a row if they exist."""
        ...

    def admitted(self, row: Row | None, request: HttpRequest, now: datetime) -> Admitted:
        """Let the caller in, by that row and the request as it was read, or say why not."""
        ...


def caller(route: Route, request: HttpRequest, pepper: bytes) -> Caller:
    """Read who calls from a request; NotAuthenticated when it does not say."""
    if route.needs == SIGNED:
        return SourceCaller(address.read(request.path_values["source"]), pepper)
    return KeyCaller(bearer(request.headers, pepper), route.needs, idempotency.key_of(request))


def bearer(headers: Mapping[str, str], pepper: bytes) -> keys.Credential:
    """Read the caller's key from `Authorization: Bearer …`; NotAuthenticated without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("Send an API key: Authorization: Bearer ctxk_…", where="header.Authorization")
    return keys.parse(token.strip(), pepper)


@dataclass(frozen=True)
class KeyCaller:
    """Somebody with an API key."""

    credential: keys.Credential
    needs: str
    once: str | None

    def entering(self, now: datetime) -> tuple[str, Parameters]:
        """Look for the key inside the organization that it names."""
        return access.entering(self.credential, now)

    def admitted(self, row: Row | None, request: HttpRequest, now: datetime) -> Admitted:  # noqa: ARG002 - the row tells all
        """Let a key in that is there and may do this."""
        if row is None:
            raise NotAuthenticated("This API key does not exist, or was revoked, or has expired.")
        project: UUID | None = row["project_id"]
        principal = Principal(
            org_id=self.credential.org_id,
            actor_id=self.credential.key_id,
            actor=f"key:{self.credential.key_id}",
            user_id=row["user_id"],
            role=row["role"],
            permissions=tuple(row["permissions"]),
            project_ids=None if project is None else (project,),
        )
        may(principal, self.needs)
        return Admitted(principal, self.once)


@dataclass(frozen=True)
class SourceCaller:
    """A source. What it is known by again is its delivery, never a header that nobody signed."""

    place: address.Place
    pepper: bytes

    def entering(self, now: datetime) -> tuple[str, Parameters]:  # noqa: ARG002 - a source does not expire
        """Look for the source inside the organization that its address names."""
        return sources.entering(self.place)

    def admitted(self, row: Row | None, request: HttpRequest, now: datetime) -> Admitted:
        """Let a source in whose signature is good; one that nobody has is not found."""
        if row is None:
            raise NotFound(address.ABSENT)
        sealed = [row["sealed"]]
        if row["former"] is not None and row["former_until"] > now:
            sealed.append(row["former"])
        secrets = [sealing.unseal(bytes(one), self.pepper, self.place.source_id) for one in sealed]
        delivery = signatures.verified(row["scheme"], secrets, request.headers, request.body, now)
        principal = Principal(
            org_id=self.place.org_id,
            actor_id=self.place.source_id,
            actor=f"source:{self.place.source_id}",
            role="source",
            permissions=("sessions:write",),
            project_ids=(row["project_id"],),
        )
        return Admitted(principal, f"delivery:{delivery}")
