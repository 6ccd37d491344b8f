"""What runs goes out through the private network, and there to the ports that the config names alone."""

from collections.abc import Iterator
from typing import Any

from infra.planned import Plan
from infra.preview.graph import at
from infra.preview.recording import Recording, Resource

_ALL = {"ALL_TRAFFIC", "VPC_EGRESS_ALL_TRAFFIC"}
_GCP = {
    "gcp:cloudrunv2/service:Service": "template.vpcAccess.egress",
    "gcp:cloudrunv2/workerPool:WorkerPool": "template.vpcAccess.egress",
    "gcp:cloudrunv2/job:Job": "template.template.vpcAccess.egress",
    "gcp:cloudfunctionsv2/function:Function": "serviceConfig.directVpcEgress",
}
_ANYWHERE = {"0.0.0.0/0", "::/0"}
_RULE = "gcp:compute/firewall:Firewall"
_LAST = 65534
"""The priority just before what every network of Google's has: all may go out."""


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what goes out past the network, and what the network lets out."""
    ports = set(plan.config.egress_ports)
    for resource in recording.resources:
        if not all(_through(resource)):
            yield f"{resource.label} goes out past the private network"
    yield from _groups(recording, ports)
    yield from _networks(recording, ports)


def _through(resource: Resource) -> Iterator[bool]:
    """Tell of what runs whether it is in the network, with all that it sends."""
    inputs = resource.inputs
    if resource.type in _GCP:
        yield bool(_ALL & {str(one) for one in at(inputs, _GCP[resource.type])})
    if resource.type == "aws:lambda/function:Function":
        yield any(at(inputs, "vpcConfig.subnetIds"))
    if resource.type == "aws:ecs/service:Service":
        yield at(inputs, "networkConfiguration.assignPublicIp") == [False]


def _groups(recording: Recording, ports: set[int]) -> Iterator[str]:
    for rule in recording.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"):
        inputs = rule.inputs
        anywhere = {inputs.get("cidrIpv4"), inputs.get("cidrIpv6")} & _ANYWHERE
        narrow = inputs.get("ipProtocol") == "tcp" and inputs.get("fromPort") == inputs.get("toPort")
        if anywhere and not (narrow and inputs.get("fromPort") in ports):
            yield f"{rule.label} lets out what the config does not name"


def _networks(recording: Recording, ports: set[int]) -> Iterator[str]:
    rules = [rule for rule in recording.of(_RULE) if rule.inputs.get("direction") == "EGRESS"]
    for network in recording.of("gcp:compute/network:Network"):
        own = [rule for rule in rules if network.urn in rule.property_dependencies.get("network", ())]
        if not any(_is_closed(rule) for rule in own):
            yield f"{network.label} lets everything out"
        for rule in own:
            yield from _opened(rule, ports)


def _is_closed(rule: Resource) -> bool:
    inputs = rule.inputs
    everything = {"protocol": "all"} in inputs.get("denies", ()) and inputs.get("destinationRanges") == ["0.0.0.0/0"]
    return everything and inputs.get("priority") == _LAST and not inputs.get("disabled")


def _opened(rule: Resource, ports: set[int]) -> Iterator[str]:
    allowed: list[dict[str, Any]] = rule.inputs.get("allows", [])
    if not _ANYWHERE & set(rule.inputs.get("destinationRanges", ())):
        return
    for one in allowed:
        if one["protocol"] != "tcp" or not set(one.get("ports", ())) or not set(one["ports"]) <= set(map(str, ports)):
            yield f"{rule.label} lets out what the config does not name"
