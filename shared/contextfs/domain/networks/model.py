"""The nouns of allow-lists."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contextfs.kit.fields import Moment

CallerKind = Literal["keys", "logins", "sources", "directories"]
Network = Annotated[str, Meta(min_length=2, max_length=64, description="In CIDR: `203.0.113.0/24`, `2001:db8::/48`.")]
Covers = Annotated[
    list[CallerKind],
    Meta(
        min_length=1,
        max_length=4,
        description="Whose calls must come from there: keys (with invitations), logins, sources, directories.",
    ),
]


class AllowList(msgspec.Struct, frozen=True, kw_only=True):
    """The networks that an organization may be called from; an empty list allows all."""

    networks: list[str]
    covers: list[CallerKind]
    updated_at: Moment | None = None


class AllowListChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new allow-list; without networks there is none. Your own address must be in one of them."""

    networks: Annotated[list[Network], Meta(max_length=200)]
    covers: Covers = msgspec.field(default_factory=lambda: ["keys", "logins"])
