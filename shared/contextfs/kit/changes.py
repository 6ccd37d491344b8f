"""Changes: what a call tells the feed of its project, so that other machines can follow."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

Kind = Literal["memory", "session", "withdrawn_memory", "withdrawn_session"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that others have to learn: which revisions of a memory, or messages of a session, are new to them.

    These `items` are `size` bytes of JSON in all. `withdrawn` things are gone for all who do not see them. A change
    with a `reader` is told to this user alone. `origin` is the machine that pushed it, which knows already.
    """

    org_id: UUID
    project_id: UUID
    kind: Kind
    subject: UUID
    items: Sequence[str] = ()
    size: int = 0
    reader: UUID | None = None
    origin: UUID | None = None
