"""The nouns of residency."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.regions import Elsewhere

Policy = Annotated[
    Elsewhere,
    Meta(description="What happens to calls that arrive in another region: they are forwarded here, or refused there."),
]


class Home(msgspec.Struct, frozen=True):
    """Where an organization lives, and what becomes of its calls elsewhere; None: as the installation says."""

    org_id: UUID
    region: str
    elsewhere: Elsewhere | None = None


class Residency(msgspec.Struct, frozen=True, kw_only=True):
    """Where the organization's data is, and what happens to calls that arrive in another region."""

    region: Annotated[str, Meta(description="The region that the organization lives in.")]
    elsewhere: Policy
    others: Annotated[list[str], Meta(description="The other regions that calls may arrive in.")]


class ResidencyChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to calls in other regions from now on. The other regions know within a minute."""

    elsewhere: Policy
