"""The truth table holds at every door: a key of each role is let in, or refused by name, as the rules say."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contextfs.domain.access.rules import ROLES, allows
from contextfs.runtime.table import Route
from tests.conftest import Tenant
from tests.functions.asking import GUARDED, UNKNOWN, Things, ask, told

NOBODYS = dict.fromkeys(
    (
        *("session_id", "memory_id", "key_id", "letter_id", "user_id", "role_id", "invitation_id"),
        *("review_id", "source_id", "login_id", "token_id", "grant_id"),
    ),
    UNKNOWN,
)


@pytest.fixture(scope="module")
def keys() -> dict[str, Tenant]:
    """Keep a key of each role for all the tests of this file."""
    return {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
def test_a_role_may_call_what_the_table_says(
    route: Route,
    role: str,
    standing: Tenant,
    standing_things: Things,
    keys: dict[str, Tenant],
    key_with: Callable[..., Tenant],
) -> None:
    if role not in keys:
        keys[role] = key_with(standing, role=role)

    reply = ask(keys[role], route, replace(standing_things, project_id=UNKNOWN, **NOBODYS))
    refused = reply.status_code == 403 and told(reply)["detail"].startswith(f"This needs the permission {route.needs}:")

    assert refused != allows(ROLES[role], route.needs)
