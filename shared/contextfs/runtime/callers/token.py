"""Somebody with an access token, in `Authorization: Bearer ctxt_…`."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contextfs.domain.access import keys
from contextfs.domain.access.rules import ROLES, meet
from contextfs.domain.access.tokens import store
from contextfs.domain.networks.model import CallerKind
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.ports import Parameters, Row
from contextfs.kit.principal import Principal
from contextfs.runtime.callers.admitted import Admitted
from contextfs.runtime.callers.authorize import authorize
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.table import Route

_UNKNOWN = "This token does not exist, or has expired, or what it was given for has ended."


@dataclass(frozen=True)
class TokenCaller:
    """A caller with an access token: it opens what it, its key and its member may now."""

    credential: keys.Credential
    route: Route
    once: str | None

    @property
    def proof(self) -> bytes:
        """The keyed hash of the token."""
        return self.credential.hash

    kind: ClassVar[CallerKind] = "keys"

    @property
    def names(self) -> tuple[UUID, UUID]:
        """The organization, and the token of it that is meant."""
        return self.credential.org_id, self.credential.id

    def entering(self, now: datetime) -> tuple[str, Parameters]:
        """Look for the token inside the organization that it names."""
        return store.entering(self.credential.org_id, self.credential.id, self.credential.hash, now)

    def admitted(self, row: Row | None, request: HttpRequest, now: datetime) -> Admitted:  # noqa: ARG002 - the row tells all
        """Let a token in that opens, and may do this."""
        if row is None:
            raise NotAuthenticated(_UNKNOWN)
        principal = self._principal(row)
        authorize(principal, self.route)
        # What was done with the key, or with another token, is not told again to this one.
        return Admitted(principal, None if self.once is None else f"{self.credential.id} {self.once}")

    def _principal(self, row: Row) -> Principal:
        projects: list[UUID] | None = row["projects"]
        permissions = tuple(row["permissions"])
        if row["parent_permissions"] is not None:
            permissions = meet(permissions, tuple(row["parent_permissions"]))
        role: str | None = row["role"]
        if role is not None:
            permissions = meet(permissions, ROLES.get(role) or tuple(row["role_permissions"] or ()))
        return Principal(
            org_id=self.credential.org_id,
            actor_id=row["key_id"] or row["user_id"],
            actor=f"token:{self.credential.id}",
            user_id=row["user_id"],
            role=role or "key",
            permissions=permissions,
            project_ids=None if projects is None else tuple(projects),
        )
