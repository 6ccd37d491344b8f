"""Somebody with an API key, or with an invitation, in `Authorization: Bearer …`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from contextfs.domain.access import keys, store
from contextfs.domain.access.rules import ROLES, meet
from contextfs.domain.networks.model import CallerKind
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.ports import Parameters, Row
from contextfs.kit.principal import Principal
from contextfs.runtime.callers.admitted import Admitted
from contextfs.runtime.callers.authorize import authorize
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.table import INVITED, Route

_UNKNOWN = {
    "key": "This API key does not exist, or was revoked, or has expired.",
    "invitation": "This invitation does not exist, or was used, or was revoked, or has expired: ask for a new one.",
}


@dataclass(frozen=True)
class KeyCaller:
    """A caller with an API key or an invitation."""

    credential: keys.Credential
    route: Route
    once: str | None

    @property
    def proof(self) -> bytes:
        """The keyed hash of the credential."""
        return self.credential.hash

    kind: ClassVar[CallerKind] = "keys"

    @property
    def names(self) -> tuple[UUID, UUID]:
        """The organization, and what of it is meant."""
        return self.credential.org_id, self.credential.id

    def entering(self, now: datetime) -> tuple[str, Parameters]:
        """Look for the key inside the organization that it names."""
        return store.entering(self.credential, now)

    def admitted(self, row: Row | None, request: HttpRequest, now: datetime) -> Admitted:  # noqa: ARG002 - the row tells all
        """Let a key in that is there and may do this."""
        principal = self._principal(row)
        authorize(principal, self.route)
        return Admitted(principal, self.once)

    def _principal(self, row: Row | None) -> Principal:
        """Make the caller of what the database let in; a key opens what it may, and of that what its member may now."""
        if row is None or row.get("admitted") is False:
            raise NotAuthenticated(_UNKNOWN[self.credential.kind])
        named: dict[str, Any] = {"org_id": self.credential.org_id, "actor_id": self.credential.id}
        if self.credential.kind == "invitation":
            return Principal(**named, actor=f"invitation:{self.credential.id}", role=INVITED)
        projects: list[UUID] | None = row["projects"]
        role: str | None = row["role"]
        own = tuple(row["permissions"])
        held = None if role is None else ROLES.get(role) or tuple(row["role_permissions"] or ())
        return Principal(
            **named,
            actor=f"key:{self.credential.id}",
            user_id=row["user_id"],
            role=role or "key",
            permissions=own if held is None else meet(own, held),
            project_ids=None if projects is None else tuple(projects),
        )


def bearer(headers: Mapping[str, str], pepper: bytes) -> keys.Credential:
    """Read the caller's key, invitation or token; NotAuthenticated without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("Send an API key: Authorization: Bearer ctxk_…", where="header.Authorization")
    return keys.parse(token.strip(), pepper)
