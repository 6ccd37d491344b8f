"""Nothing is public but what is named here, and stores have no public address."""

import json
from collections.abc import Iterator
from typing import Any

from infra.planned import Plan
from infra.preview.graph import at, everywhere
from infra.preview.recording import COMPUTED, Recording, Resource

PUBLIC_MEMBERS = {"everyone-reads": "the bucket of Studio and the SDKs"}
"""The grants to everyone, by name, and to what."""
PUBLIC_BUCKETS = {"public"}
_EVERYONE = {"allUsers", "allAuthenticatedUsers"}
_ANYWHERE = {"0.0.0.0/0", "::/0"}
_BUCKET_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what is public and must not be."""
    doors = {plan.name(door.name, region) for door in plan.of("service") for region in plan.regions}
    for resource in recording.resources:
        yield from _members(resource)
        yield from _addresses(resource)
        yield from _statements(resource)
        if resource.inputs.get("invokerIamDisabled") and resource.inputs.get("name") not in doors:
            yield f"{resource.label} may be called by everyone, and is no door of the API"
    yield from _buckets(recording)


def _members(resource: Resource) -> Iterator[str]:
    if resource.inputs.get("member") in _EVERYONE and resource.name not in PUBLIC_MEMBERS:
        yield f"{resource.label} gives {resource.inputs['role']} to {resource.inputs['member']}"
    closed = resource.type == "gcp:storage/bucket:Bucket" and resource.name not in PUBLIC_BUCKETS
    if closed and resource.inputs.get("publicAccessPrevention") != "enforced":
        yield f"{resource.label} could be made public"
    if resource.type == "gcp:storage/bucket:Bucket" and resource.inputs.get("uniformBucketLevelAccess") is not True:
        yield f"{resource.label} lets each of its files be opened by itself"


def _addresses(resource: Resource) -> Iterator[str]:
    inputs = resource.inputs
    sql = resource.type == "gcp:sql/databaseInstance:DatabaseInstance"
    if (sql and at(inputs, "settings.ipConfiguration.ipv4Enabled") != [False]) or inputs.get("publiclyAccessible"):
        yield f"{resource.label} has a public address"
    ingress = resource.type == "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    if ingress and {inputs.get("cidrIpv4"), inputs.get("cidrIpv6")} & _ANYWHERE:
        yield f"{resource.label} lets the whole internet in"
    if resource.type == "aws:lb/loadBalancer:LoadBalancer" and not resource.inputs.get("internal"):
        yield f"{resource.label} is reachable from the internet, past the edge"


def _statements(resource: Resource) -> Iterator[str]:
    """Look into policies that are texts; those that are not known in a preview are known in a resolved recording."""
    for path, value in everywhere(resource.inputs):
        if isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
            document: dict[str, Any] = json.loads(value)
            for statement in document["Statement"]:
                principal = statement.get("Principal")
                if statement["Effect"] == "Allow" and principal in ("*", {"AWS": "*"}):
                    yield f"{resource.label}{path} lets everyone in"


def _buckets(recording: Recording) -> Iterator[str]:
    wanted = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    blocked = {
        urn
        for block in recording.of(_BUCKET_BLOCK)
        if all(block.inputs.get(name) is True for name in wanted)
        for urn in block.property_dependencies.get("bucket", ())
    }
    for bucket in recording.of("aws:s3/bucket:Bucket"):
        if bucket.urn not in blocked and bucket.inputs.get("bucket") != COMPUTED:
            yield f"{bucket.label} could be made public"
