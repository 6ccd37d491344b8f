"""Values that the provider's types call texts, against Google's own description of its APIs."""

from typing import Any

import pytest

from infra.preview import discovery, stack_file
from tests.infra.conftest import PULUMI, Previews
from tests.infra.test_policies import GCP, broken, named, put

pytestmark = [
    PULUMI,
    pytest.mark.skipif(
        not discovery.available(), reason="Google's discovery documents are not installed: google-api-python-client"
    ),
]
BREAKS: list[tuple[str, Any, str, str]] = [
    ("DatabaseInstance", put("databaseVersion", "POSTGRES15"), "", "databaseVersion: 'POSTGRES15' is none of"),
    ("DatabaseInstance", put("settings.availabilityType", "HA"), "", "availabilityType: 'HA' is none of"),
    ("DatabaseInstance", put("settings.ipConfiguration.sslMode", "REQUIRE"), "", "sslMode: 'REQUIRE' is none of"),
    ("BackendBucket", put("cdnPolicy.cacheMode", "CACHE_STATIC"), "", "cacheMode: 'CACHE_STATIC' is none of"),
    ("BackendService", put("loadBalancingScheme", "EXTERNALMANAGED"), "", "'EXTERNALMANAGED' is none of"),
    ("Instance", put("connectMode", "PRIVATE"), "redis", "connectMode: 'PRIVATE' is none of"),
]


@pytest.mark.parametrize("stack", [name for name in stack_file.names() if name.startswith("gcp")])
def test_the_apis_know_every_value(stack: str, previews: Previews) -> None:
    assert list(discovery.faults(previews(stack))) == []


@pytest.mark.parametrize(("kind", "change", "name", "told"), BREAKS, ids=named)
def test_a_value_that_an_api_does_not_know_is_told(
    kind: str, change: Any, name: str, told: str, previews: Previews
) -> None:
    faults = list(discovery.faults(broken(previews(GCP), kind, change, name)))

    assert len(faults) == 1, faults
    assert told in faults[0]
