"""Members of an organization, made by its doors: each comes in by an invitation, with a key of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.conftest import Tenant


def invite(tenant: Tenant, email: str, **wanted: Any) -> Any:
    """Invite somebody; give the reply."""
    return tenant.call("POST", "/v1/admin/invitations", {"email": email, **wanted})


def join(tenant: Tenant, email: str, **wanted: Any) -> Tenant:
    """Let somebody join: the same organization, called with their first key."""
    token = invite(tenant, email, **wanted).json()["token"]
    joined = replace(tenant, key=token).call("POST", "/v1/invitations/accept", {})
    assert joined.status_code == 201, joined.text
    return replace(tenant, key=joined.json()["secret"], user_id=UUID(joined.json()["user"]["id"]))


def user_path(user: Tenant) -> str:
    """Give the address of a member."""
    return f"/v1/admin/users/{user.user_id}"


def at_once(one: Tenant, other: Tenant, act: Callable[[Tenant, Tenant], int]) -> list[int]:
    """Let two callers act on each other in the same moment; gives their statuses, the lower one first."""
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(act, (one, other), (other, one)))
