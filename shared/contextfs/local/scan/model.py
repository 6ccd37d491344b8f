"""What a look back found, and where: never the secret itself."""

from typing import Literal

import msgspec

Where = Literal["session", "message", "earlier message", "memory", "earlier revision", "record", "git"]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A secret: its kind, its fingerprint (equal secrets have equal ones), and the place that it stands in.

    `id` names the thing: of a session, message or memory its id, of a record its file, of git a blob. `within` is the
    session of a message, the revision of a memory, a path in git. `cure` says what is left to do; nothing where it was
    replaced.
    """

    kind: str
    fingerprint: str
    where: Where
    id: str
    within: str = ""
    field: str = ""
    is_redacted: bool = False
    cure: str = ""


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """How many things of each kind were looked at, with which version of the rules, and what was found."""

    rules: int
    looked: dict[str, int]
    found: list[Found]

    @property
    def left(self) -> int:
        """How many secrets still stand where they stood."""
        return sum(not one.is_redacted for one in self.found)
