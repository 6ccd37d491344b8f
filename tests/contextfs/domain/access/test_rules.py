"""The laws of permissions: one pure function decides, and what two sides allow is what each of them does."""

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.access.rules import PERMISSIONS, ROLES, allows, covers, may, meet
from contextfs.kit.errors import NotAllowed
from contextfs.kit.principal import Principal

NOUNS = sorted({name.split(":")[0] for name in PERMISSIONS})
SETS = st.lists(st.sampled_from(["*", *(f"{noun}:*" for noun in NOUNS), *PERMISSIONS]), max_size=8).map(tuple)
ID = UUID(int=1)


@given(SETS, SETS)
def test_what_meets_is_what_both_allow(some: tuple[str, ...], others: tuple[str, ...]) -> None:
    both = meet(some, others)

    assert [name for name in PERMISSIONS if allows(some, name) and allows(others, name)] == [
        name for name in PERMISSIONS if allows(both, name)
    ]


@given(SETS, SETS)
def test_what_is_covered_allows_nothing_more(granted: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    missing = covers(granted, wanted)

    assert (missing is None) == all(allows(granted, permission) for permission in wanted)
    assert missing is not None or all(allows(granted, name) for name in PERMISSIONS if allows(wanted, name))


@pytest.mark.parametrize("needed", PERMISSIONS)
@pytest.mark.parametrize("role", ROLES)
def test_may_lets_pass_what_the_role_has_and_names_what_it_lacks(role: str, needed: str) -> None:
    principal = Principal(org_id=ID, actor_id=ID, actor="test", role=role, permissions=ROLES[role])

    if allows(ROLES[role], needed):
        may(principal, needed)
    else:
        with pytest.raises(NotAllowed, match=f"^This needs the permission {needed}: "):
            may(principal, needed)


def test_the_roles_stand_above_each_other() -> None:
    order = list(ROLES.values())

    assert [covers(greater, lesser) for greater, lesser in pairwise(order)] == [None] * 3
    assert covers(ROLES["admin"], ROLES["owner"]) == "*"
