"""The table of AWS regions against the vendor's own, which its SDK carries; no package holds Google's."""

import pytest

from infra.regions.aws import PLACES

boto3 = pytest.importorskip("boto3")

NEEDED = ("ec2", "rds", "lambda", "ecs", "events", "scheduler", "sqs", "s3", "kms", "secretsmanager", "backup")
BY_CHOICE = ("elasticache", "cognito-idp")


def regions(service: str) -> set[str]:
    """Give the regions that the vendor offers a service in."""
    return set(boto3.session.Session().get_available_regions(service))


@pytest.mark.parametrize("service", [*NEEDED, *BY_CHOICE])
def test_every_region_of_the_table_has_what_an_installation_is_made_of(service: str) -> None:
    assert set(PLACES) - regions(service) == set()


def test_where_models_lack_is_where_the_vendor_offers_none() -> None:
    lacking = {name for name, place in PLACES.items() if "models" in place.lacks}

    assert lacking == set(PLACES) - regions("bedrock")
