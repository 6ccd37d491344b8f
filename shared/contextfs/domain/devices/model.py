"""The nouns of devices."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.fields import Name


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A device that asks, as RFC 8628 (section 3.2) names its answer; times are in seconds."""

    device_code: str
    user_code: str
    expires_in: int
    interval: int


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a device's question: `pending`, `early` (it asks too often), `denied`, or whose it is."""

    state: str
    name: str = ""
    org_id: UUID | None = None
    user_id: UUID | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision about the device that shows a code: whether it may act for you."""

    user_code: Annotated[str, Meta(min_length=8, max_length=20, description="As it is shown: BCDF-GHJK.")]
    allow: bool


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The name of the device."""

    name: Name
    allowed: bool
