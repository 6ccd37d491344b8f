"""What a drawing decides by itself: zones, places of rules, names that are taken apart, addresses that are told."""

import pytest

from infra.planned import PathRule
from tests.infra.conftest import PULUMI

pytestmark = PULUMI
balancer = pytest.importorskip("infra.aws.balancer", reason="Pulumi's packages are not installed")
images = pytest.importorskip("infra.aws.images", reason="Pulumi's packages are not installed")
network = pytest.importorskip("infra.aws.network", reason="Pulumi's packages are not installed")
functions = pytest.importorskip("infra.gcp.functions", reason="Pulumi's packages are not installed")

DIGEST = "sha256:" + "0" * 64
WEST = {"us-west-1a": "usw1-az2", "us-west-1b": "usw1-az3"}


def rules(*paths: str) -> list[PathRule]:
    return [PathRule(path=path, service="api") for path in paths]


def test_a_public_installation_takes_zones_in_which_cloudfront_reaches_it() -> None:
    zones = {"us-east-1a": "use1-az3", "us-east-1b": "use1-az1", "us-east-1c": "use1-az2"}

    assert network.chosen("us-east-1", zones, public=True) == ["us-east-1b", "us-east-1c"]


def test_a_region_with_one_such_zone_is_refused_by_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"us-west-1: 2 zones .* sees us-west-1a \(usw1-az2\), .* another region"):
        network.chosen("us-west-1", WEST, public=True)


def test_a_private_installation_takes_the_others_where_it_must() -> None:
    assert network.chosen("us-west-1", WEST, public=False) == ["us-west-1b", "us-west-1a"]


def test_a_rule_keeps_its_place_whatever_comes() -> None:
    before = balancer.priorities(rules("/v1/p54"))

    assert balancer.priorities(rules("/v1/another", "/v1/p54")).items() >= before.items()


def test_a_path_that_would_take_an_older_ones_place_is_refused() -> None:
    with pytest.raises(ValueError, match="/v1/p54 and /v1/a45 have one place"):
        balancer.priorities(rules("/v1/p54", "/v1/a45"))


def test_a_place_of_its_own_lets_it_in() -> None:
    places = balancer.priorities(rules("/v1/p54", "/v1/a45"), {"/v1/a45": 0})

    assert {rule.path: place for rule, place in places.items()}["/v1/p54"] == balancer.priorities(rules("/v1/p54"))[
        PathRule(path="/v1/p54", service="api")
    ]


@pytest.mark.parametrize("image", ["ctx", "ctx:1.2.3", "team/ctx:latest"])
def test_the_repository_of_an_image_is_named_without_its_tag(image: str) -> None:
    told = images.repository(f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{image}@{DIGEST}")

    assert told == f"arn:aws:ecr:us-east-1:123456789012:repository/{image.split(':', maxsplit=1)[0]}"


@pytest.mark.parametrize("told", [None, ""])
def test_a_function_without_an_address_is_told(told: str | None) -> None:
    with pytest.raises(ValueError, match="on-read: Google told no address"):
        functions.address("on-read", told)
