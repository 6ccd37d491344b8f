"""What an identity provider says, of itself and of a person."""

from typing import Any

import msgspec


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider that can be used calls itself, and where it signs people in."""

    issuer: str
    sign_in: str


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of a person: who they are there, and their attributes as they came."""

    issuer: str
    subject: str
    attributes: dict[str, Any]
