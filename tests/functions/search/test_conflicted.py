"""A memory whose text nobody has settled says so where it is found."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.sync.test_push import push, revision

TEXTS = ("The database for tests listens on port 6001.", "The database for tests listens on port 6002.")


@pytest.mark.parametrize("path", ["/v1/search/hybrid", "/v1/search/graph"])
def test_a_memory_in_conflict_says_so(path: str, tenant: Tenant, settle_events: Callable[[], int]) -> None:
    begun = revision("The database for tests listens on port 6000.")
    push(tenant, begun, *(revision(text, memory_id=begun.memory_id, parents=(begun.id,)) for text in TEXTS))
    push(tenant, revision("The database for tests is cleared each night."))
    settle_events()
    body: dict[str, Any] = {"query": "the database for tests"}

    hits = tenant.call("POST", path, body).json()["hits"]

    assert {(True, str(begun.memory_id)), (False, None)} == {
        (hit["conflicted"], hit["id"] if hit["conflicted"] else None) for hit in hits
    }
