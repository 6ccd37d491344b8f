"""POST /v1/auth/grants."""

from collections.abc import Callable

import pytest

from contextfs.runtime.openapi.examples import BODIES
from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows

NEW = dict(BODIES["auth.grant"])


def test_a_program_gets_a_code_of_which_the_hash_is_kept(tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("POST", "/v1/auth/grants", NEW)

    [kept] = rows.of("grants", tenant)
    assert reply.json()["code"].startswith("ctxa_")
    assert reply.json()["code"] not in str(kept)
    assert (["memories:read", "projects:read"], tenant.user_id) == (kept["permissions"], kept["user_id"])


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"resource": "https://evil.example/mcp"}, "$.resource"),
        ({"resource": "http://127.0.0.1:8420"}, "$.resource"),
        ({"scope": ["keys:write"]}, "$.permissions"),
        ({"scope": []}, "$.scope"),
        ({"code_challenge": "short"}, "$.code_challenge"),
    ],
)
def test_what_is_asked_wrong_is_told(tenant: Tenant, changed: dict[str, object], where: str) -> None:
    reply = tenant.call("POST", "/v1/auth/grants", NEW | changed)

    assert (422, where) == (reply.status_code, told(reply)["where"])


@pytest.mark.parametrize("wanted", [{"role": "viewer"}, {"permissions": ["logins:write"]}])
def test_a_key_that_may_less_than_its_person_lets_no_program_in(
    tenant: Tenant, key_with: Callable[..., Tenant], wanted: dict[str, object]
) -> None:
    assert 403 == key_with(tenant, **wanted).call("POST", "/v1/auth/grants", NEW).status_code
