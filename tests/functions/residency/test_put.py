"""PUT /v1/admin/residency: what it does in another region, tests/contextfs/runtime/border shows."""

from collections.abc import Callable

import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows

PATH = "/v1/admin/residency"


def test_it_is_kept_and_told(tenant: Tenant, other_tenant: Tenant, rows: Rows) -> None:
    refused = tenant.call("PUT", PATH, {"elsewhere": "refuse"})

    assert (refused.status_code, refused.json()["elsewhere"]) == (200, "refuse")
    assert [one.call("GET", PATH).json()["elsewhere"] for one in (tenant, other_tenant)] == ["refuse", "forward"]
    assert [row["details"] for row in rows.audited(tenant, "residency.changed")] == [
        {"elsewhere": "refuse", "before": None}
    ]


def test_it_takes_every_project_and_the_permission(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    lesser = [key_with(tenant, role="admin"), key_with(tenant, role="owner", project_id=str(tenant.project_id))]

    assert [one.call("PUT", PATH, {"elsewhere": "refuse"}).status_code for one in lesser] == [403, 403]


@pytest.mark.parametrize(
    ("wrong", "where"), [({"elsewhere": "hide"}, "$.elsewhere"), ({}, "$"), ({"region": "x"}, "$")]
)
def test_what_is_wrong_is_told_with_its_place(wrong: dict[str, str], where: str, tenant: Tenant) -> None:
    reply = tenant.call("PUT", PATH, wrong)

    assert (reply.status_code, told(reply)["where"]) == (422, where)
