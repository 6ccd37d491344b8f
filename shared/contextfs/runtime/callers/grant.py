"""A program that a person let in, with its access token in `Authorization: Bearer ctxg_…`."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contextfs.domain.access import keys
from contextfs.domain.access.rules import ROLES, meet
from contextfs.domain.grants import store
from contextfs.domain.networks.model import CallerKind
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.ports import Parameters, Row
from contextfs.kit.principal import Principal
from contextfs.runtime.callers.admitted import Admitted
from contextfs.runtime.callers.authorize import authorize
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.table import Route

_UNKNOWN = "This token does not exist, or has expired, or its person took it back: ask them again."


@dataclass(frozen=True)
class GrantCaller:
    """A program with a token of a grant. It is good where it was given for (RFC 8707), and nowhere else."""

    credential: keys.Credential
    route: Route
    once: str | None
    public_url: str

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
        """Look for the grant inside the organization that the token names."""
        return store.entering(self.credential.org_id, self.credential.id, self.credential.hash, now)

    def admitted(self, row: Row | None, request: HttpRequest, now: datetime) -> Admitted:  # noqa: ARG002 - the row tells all
        """Let a program in whose person let it in, here, and may do this themselves."""
        if row is None:
            raise NotAuthenticated(_UNKNOWN)
        if row["audience"] != f"{self.public_url}{request.resource}" or not request.resource:
            raise NotAuthenticated(f"This token is for {row['audience']}, and opens nothing else.")
        projects: list[UUID] | None = row["projects"]
        principal = Principal(
            org_id=self.credential.org_id,
            actor_id=row["user_id"],
            actor=f"grant:{self.credential.id}",
            user_id=row["user_id"],
            role=row["role"],
            permissions=meet(row["permissions"], ROLES.get(row["role"]) or tuple(row["role_permissions"] or ())),
            project_ids=None if projects is None else tuple(projects),
        )
        authorize(principal, self.route)
        # What was done with the key, or with another token, is not told again to this one.
        return Admitted(principal, None if self.once is None else f"{self.credential.id} {self.once}")
