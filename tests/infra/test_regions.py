"""The tables of regions against the vendors' own: what AWS's SDK carries, and the endpoints that Google describes."""

import pytest

from infra.preview import discovery
from infra.regions.aws import PLACES
from infra.regions.gcp import PLACES as GOOGLE

boto3 = pytest.importorskip("boto3")

NEEDED = ("ec2", "rds", "lambda", "ecs", "events", "scheduler", "sqs", "s3", "kms", "secretsmanager", "backup")
BY_CHOICE = ("elasticache", "cognito-idp")


GOOGLES = ("compute.v1", "pubsub.v1", "run.v2", "secretmanager.v1", "sqladmin.v1", "storage.v1")
"""Those of the APIs that an installation asks whose description lists an endpoint for each region."""


def regions(service: str) -> set[str]:
    """Give the regions that the vendor offers a service in."""
    return set(boto3.session.Session().get_available_regions(service))


@pytest.mark.parametrize("service", [*NEEDED, *BY_CHOICE])
def test_every_region_of_the_table_has_what_an_installation_is_made_of(service: str) -> None:
    assert set(PLACES) - regions(service) == set()


def test_where_models_lack_is_where_the_vendor_offers_none() -> None:
    lacking = {name for name, place in PLACES.items() if "models" in place.lacks}

    assert lacking == set(PLACES) - regions("bedrock")


@pytest.mark.skipif(not discovery.available(), reason="google-api-python-client is not installed")
@pytest.mark.parametrize("api", GOOGLES)
def test_every_region_of_googles_table_has_an_endpoint(api: str) -> None:
    assert set(GOOGLE) - discovery.locations(api) == set()


@pytest.mark.skipif(not discovery.available(), reason="google-api-python-client is not installed")
def test_a_region_that_is_none_has_no_endpoint() -> None:
    assert not {"europe-west99", "us-central"} & discovery.locations("compute.v1")
