"""Who is drawn to reach something is let through: to the image, by a certificate, to a queue that is encrypted."""

import json
from collections.abc import Iterator
from typing import Any, cast

from infra.planned import Plan
from infra.preview.recording import COMPUTED, Recording

PULL = "ecr:BatchGetImage"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""CloudFront's policy that hands the host on which was asked."""


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell who would stand before a closed door."""
    del plan
    yield from _tasks(recording)
    yield from _origins(recording)
    yield from _keys(recording)
    yield from _updaters(recording)


def _tasks(recording: Recording) -> Iterator[str]:
    """Fargate fetches the image as the role of the task. Documents are whole where the program was resolved."""
    roles = {role.urn for role in recording.of("aws:iam/role:Role")}
    allowed: dict[str, list[str]] = {}
    for policy in recording.of("aws:iam/rolePolicy:RolePolicy"):
        for role in policy.property_dependencies.get("role", ()):
            allowed.setdefault(role, []).append(str(policy.inputs.get("policy")))
    for task in recording.of("aws:ecs/taskDefinition:TaskDefinition"):
        runs_as = roles & set(task.property_dependencies.get("executionRoleArn", ()))
        if not runs_as:
            yield f"{task.label} fetches its image as nobody"
        for role in runs_as:
            texts = allowed.get(role, [])
            if not any(text == COMPUTED or PULL in text for text in texts):
                yield f"{task.label} may not fetch its image"


def _origins(recording: Recording) -> Iterator[str]:
    """A private origin has a certificate for the host that people ask, and for no other."""
    for edge in recording.of("aws:cloudfront/distribution:Distribution"):
        private = {one["originId"] for one in edge.inputs["origins"] if one.get("vpcOriginConfig")}
        for behavior in (edge.inputs["defaultCacheBehavior"], *edge.inputs.get("orderedCacheBehaviors", ())):
            if behavior["targetOriginId"] in private and behavior.get("originRequestPolicyId") != ALL_VIEWER:
                where = behavior.get("pathPattern", "the default")
                origin = behavior["targetOriginId"]
                yield f"{edge.label} asks {origin} by a name that it has no certificate for: {where}"


def _keys(recording: Recording) -> Iterator[str]:
    """EventBridge names no account when it writes to an encrypted queue: who asks for one gets no event."""
    for key in recording.of("aws:kms/key:Key"):
        document: dict[str, Any] = json.loads(key.inputs["policy"])
        for statement in document["Statement"]:
            services = statement["Principal"].get("Service", ())
            named = cast("list[str]", [services] if isinstance(services, str) else services)
            if "events.amazonaws.com" in named and statement.get("Condition"):
                yield f"{key.label} asks EventBridge for what it does not say: no event reaches a queue"


def _updaters(recording: Recording) -> Iterator[str]:
    """Who may give a function a new version brings its source, by an address that Google gives for that."""
    for role in recording.of("gcp:projects/iAMCustomRole:IAMCustomRole"):
        allowed: list[str] = role.inputs["permissions"]
        if "cloudfunctions.functions.update" in allowed and "cloudfunctions.functions.sourceCodeSet" not in allowed:
            yield f"{role.label} may update functions, and bring them no source"
