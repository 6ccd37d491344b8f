"""Somebody with an API key in `Authorization: Bearer …`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contextfs.domain.access import keys, store
from contextfs.domain.access.rules import may
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.ports import Parameters, Row
from contextfs.kit.principal import Principal
from contextfs.runtime.callers.admitted import Admitted
from contextfs.runtime.http import HttpRequest


@dataclass(frozen=True)
class KeyCaller:
    """Somebody with an API key."""

    credential: keys.Credential
    needs: str
    once: str | None

    def entering(self, now: datetime) -> tuple[str, Parameters]:
        """Look for the key inside the organization that it names."""
        return store.entering(self.credential, now)

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


def bearer(headers: Mapping[str, str], pepper: bytes) -> keys.Credential:
    """Read the caller's key; NotAuthenticated without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("Send an API key: Authorization: Bearer ctxk_…", where="header.Authorization")
    return keys.parse(token.strip(), pepper)
