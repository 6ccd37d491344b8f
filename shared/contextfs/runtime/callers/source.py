"""A program elsewhere that signs what it sends: a source of conversations."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contextfs.domain.networks.model import CallerKind
from contextfs.domain.sources import address, sealing, signatures, store
from contextfs.kit.errors import NotFound
from contextfs.kit.ports import Parameters, Row
from contextfs.kit.principal import Principal
from contextfs.runtime.callers.admitted import Admitted
from contextfs.runtime.http.message import HttpRequest


@dataclass(frozen=True)
class SourceCaller:
    """A source. What it is known by again is its delivery, never a header that nobody signed."""

    place: address.Place
    pepper: bytes
    proof: None = None
    """Each delivery is signed anew."""

    kind: ClassVar[CallerKind] = "sources"

    @property
    def names(self) -> tuple[UUID, UUID]:
        """The organization, and what of it is meant."""
        return self.place.org_id, self.place.source_id

    def entering(self, now: datetime) -> tuple[str, Parameters]:  # noqa: ARG002 - a source does not expire
        """Look for the source inside the organization that its address names."""
        return store.entering(self.place)

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
