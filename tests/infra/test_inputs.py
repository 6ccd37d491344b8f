"""Every input is what the provider's package says it is, and what it is not is told."""

from typing import Any

import pytest

from infra.preview import stack_file
from infra.preview.recording import Resource
from tests.infra.conftest import PULUMI, Previews
from tests.infra.test_policies import AWS, GCP, broken, drop, named, put

pytestmark = PULUMI
schema = pytest.importorskip("infra.preview.schema", reason="Pulumi's packages are not installed")

IMAGE = "template.containers.0."
BREAKS: list[tuple[str, str, Any, str, str]] = [
    (GCP, "Service", put("template.scaling.maxInstanceCont", 3), "search", "did you mean maxInstanceCount"),
    (GCP, "Service", drop(f"{IMAGE}image"), "search", "ServiceTemplateContainerArgs requires it"),
    (GCP, "Service", put("ingress", "PUBLIC"), "search", "'PUBLIC' is none of INGRESS_TRAFFIC_ALL"),
    (GCP, "Service", put(f"{IMAGE}args", "serve"), "search", "'serve' is not "),
    (GCP, "Subscription", put("ackDeadlineSeconds", "10m"), "on-index", "'10m' is not int"),
    (GCP, "Instance", put("connectMode", "PRIVATE"), "redis", "'PRIVATE' is none of DIRECT_PEERING"),
    (GCP, "Topic", put("kmsKey", "k"), "events", "TopicArgs has no such field"),
    (GCP, "Bucket", put("name", "Calling __str__ on an Output[T] is not supported."), "files", "use Output.concat"),
    (AWS, "Queue", put("visibilityTimeoutSeconds", True), "on-index", "True is not int"),
    (AWS, "Queue", put("redrivePolicies", "x"), "on-index", "did you mean redrivePolicy"),
    (AWS, "VpcEndpoint", drop("vpcId"), "sqs", "VpcEndpointArgs requires it"),
]


@pytest.mark.parametrize("stack", [*stack_file.names(), f"{AWS} resolved"])
def test_every_input_of_a_stack_fits(stack: str, previews: Previews) -> None:
    assert list(schema.faults(previews(stack))) == []


@pytest.mark.parametrize(("stack", "kind", "change", "name", "told"), BREAKS, ids=named)
def test_a_wrong_input_is_told(stack: str, kind: str, change: Any, name: str, told: str, previews: Previews) -> None:
    faults = list(schema.faults(broken(previews(stack), kind, change, name)))

    assert len(faults) == 1, faults
    assert told in faults[0]


def test_every_type_is_known_to_its_package() -> None:
    made = Resource(
        urn="u",
        type="gcp:pubsub/topic:Topic",
        name="t",
        parent="",
        custom=True,
        inputs={},
        dependencies=(),
        property_dependencies={},
    )

    assert list(schema.faults_of(made)) == []
