"""The nouns of a proof: what was tried by whom, and what came of it."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from contextfs.kit.ids import Entropy, uuid7

UNKNOWN: Final = "0190ffff-ffff-7fff-bfff-ffffffffffff"
"""An id that nobody has."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Some requests of one caller in one place. `leak` says what got out, or was changed; None is as it should be.

    `told` is a figure beside it that nobody judges.
    """

    area: str
    subject: str
    who: str
    tried: int
    leak: str | None = None
    told: str | None = None


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """All checks of one run against one server and its database."""

    server: str
    database: str
    begun_at: datetime
    seconds: float
    checks: list[Check]

    @property
    def leaks(self) -> list[Check]:
        """Give the checks that failed."""
        return [one for one in self.checks if one.leak is not None]

    @property
    def tried(self) -> int:
        """Count what was tried."""
        return sum(one.tried for one in self.checks)


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A caller: who they are in words, what they send to be known, and the project that is theirs.

    `of` says what of the victim is closed to them: all that is another organization's (`organization`), what is in
    another project of their own (`project`), or what is private to somebody else (`person`).
    """

    name: str
    of: str
    headers: dict[str, str] = {}
    project_id: str = UNKNOWN


class Victim(msgspec.Struct, frozen=True, kw_only=True):
    """Whose things are looked for. Every text of theirs holds the mark, which stands nowhere else.

    `things` are the ids by the names of routes' parameters, `private` those of what the owner keeps for themselves.
    """

    org_id: UUID
    user_id: UUID
    owner: Party
    mark: str
    private_mark: str
    things: dict[str, str]
    private: dict[str, str]
    version: str
    """The version of the memory, as its ETag says it."""

    def named_to(self, party: Party) -> tuple[str, dict[str, str], dict[str, str]]:
        """Give the mark that a party must not see, the ids that it names, and as many that nobody has."""
        if party.of == "person":
            return self.private_mark, self.things | self.private, self.things | dict.fromkeys(self.private, UNKNOWN)
        return self.mark, self.things, dict.fromkeys(self.things, UNKNOWN)


def a_mark(now: datetime, entropy: Entropy) -> str:
    """Make a word that nobody has written before."""
    return f"quetzal{uuid7(now, entropy).hex[12:]}"
