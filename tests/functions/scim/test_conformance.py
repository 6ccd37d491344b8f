"""The official tester of SCIM finds nothing, and the storage keeps its contract."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import ScimProvider
from scim2_server.testing import ScimStorageContract
from scim2_server.utils import load_default_provider
from scim2_tester import Status, check_server
from starlette.testclient import TestClient

from contextfs.adapters.scim.storage import DirectoryStorage
from contextfs.domain.access.store import assuming
from contextfs.kit.clock import system_clock
from contextfs.kit.ids import uuid7
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, founded
from tests.functions.scim.conftest import Directory


def test_the_tester_finds_nothing(wiring: Wiring, directory: Directory) -> None:
    http = TestClient(gateway(wiring.door, routes()), base_url="http://127.0.0.1:8420/scim/v2")
    http.headers["authorization"] = f"Bearer {directory.token}"
    client: Any = SyncSCIMClient(http)
    client.discover()

    results = check_server(client)

    assert [result for result in results if result.status not in {Status.SUCCESS, Status.SKIPPED}] == []
    assert len([result for result in results if result.status == Status.SUCCESS]) > 100


class TestStorage(ScimStorageContract):
    """The contract of scim2-server's storages, over Postgres with a tenant's claims."""

    @pytest.fixture(scope="class")
    @classmethod
    def provider(cls) -> ScimProvider:
        """Give what is served, once for all tests: models are made for it, of the sources of all that is loaded."""
        return load_default_provider()

    @pytest.fixture
    def storage(self, wiring: Wiring, http: TestClient, provider: ScimProvider) -> Iterator[DirectoryStorage]:
        """Give a storage of an organization of its own."""
        tenant: Tenant = founded(wiring, http)
        now = system_clock()
        with wiring.database.transaction(assuming(tenant.org_id, tenant.org_id)) as (tx, _):
            yield DirectoryStorage(
                tx,
                provider,
                org_id=tenant.org_id,
                now=now,
                new_id=lambda: uuid7(now, os.urandom),
                follow=lambda _before, _after: None,
            )
