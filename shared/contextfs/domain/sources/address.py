"""Where a source sends to: `src_<43 digits>`, which names the organization and the source. It is no secret.

A sender cannot say who it is but by the address that it was given, so a source is looked for inside its own tenant.
"""

import re
from typing import Annotated, NamedTuple
from uuid import UUID

from msgspec import Meta

from contextfs.kit import base62, forms
from contextfs.kit.errors import NotFound

_FORM = re.compile(forms.SOURCE)
_LENGTH = 43

SourceAddress = Annotated[str, Meta(pattern=forms.SOURCE, max_length=47, description="The source's address.")]


class Place(NamedTuple):
    """The two ids of an address."""

    org_id: UUID
    source_id: UUID


def written(place: Place) -> str:
    """Write an address."""
    return f"src_{base62.encode(place.org_id.int << 128 | place.source_id.int, _LENGTH)}"


def read(text: str) -> Place:
    """Read an address; NotFound when it cannot be one."""
    number = base62.decode(text.removeprefix("src_")) if _FORM.fullmatch(text) else -1
    if number < 0 or number >> 256:
        raise NotFound(ABSENT)
    return Place(UUID(int=number >> 128), UUID(int=number & ((1 << 128) - 1)))


ABSENT = "There is no such source, or it is not yours to see."
