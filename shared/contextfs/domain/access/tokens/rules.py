"""What a token may have: nothing by which it could make itself, or somebody else, a credential that outlives it."""

from collections.abc import Sequence
from typing import Final

from contextfs.domain.access.rules import PERMISSIONS, covers, meet
from contextfs.kit.errors import Invalid

PREFIX: Final = "ctxt"
_MAKING: Final = frozenset({"keys", "users", "roles", "sso", "scim", "sources", "tokens"})
GIVEN: Final = tuple(name for name in PERMISSIONS if name.split(":")[0] not in _MAKING and name != "logins:write")
"""The permissions that a token may have."""


def narrowed(wanted: Sequence[str] | None, held: Sequence[str]) -> tuple[str, ...]:
    """Give the permissions of a token: those wanted, or all held that may be given; Invalid names one too many."""
    if wanted is None:
        return meet(held, GIVEN)
    made = meet(wanted, GIVEN)
    beyond = covers(made, [one for one in wanted if one != "*" and not one.endswith(":*")])
    if beyond is not None or not made:
        told = beyond or wanted[0]
        raise Invalid(f"A token makes no credentials and administers nobody: leave {told} out.", where="$.permissions")
    return made
