"""An account is taken by the one service that runs it: no key of it lies anywhere, and no machine hands it out."""

import json
from collections.abc import Iterator
from typing import Any, cast

from infra.planned import Plan
from infra.preview.recording import COMPUTED, Recording, Resource

SERVICES = {
    "backup.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "lambda.amazonaws.com",
    "rds.amazonaws.com",
    "scheduler.amazonaws.com",
}
"""The services of AWS that take roles of an installation."""
KEYS = ("gcp:serviceaccount/key:Key", "aws:iam/accessKey:AccessKey")
MACHINES = (
    "gcp:compute/instance:Instance",
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "aws:ec2/instance:Instance",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
)
"""A machine tells its account's token to whatever asks its metadata. None is drawn, so none has to be kept from it."""


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell who else could act as an account of the installation."""
    for resource in recording.resources:
        if resource.type in KEYS:
            yield f"{resource.label} is a key that does not end"
        if resource.type in MACHINES:
            yield f"{resource.label} is a machine, whose metadata hand its account out"
        if resource.type == "aws:iam/role:Role":
            yield from _role(resource, plan)
        if resource.type == "aws:ecs/taskDefinition:TaskDefinition":
            yield from _task(resource)


def _role(role: Resource, plan: Plan) -> Iterator[str]:
    for statement in json.loads(role.inputs["assumeRolePolicy"])["Statement"]:
        principal = cast("dict[str, str] | str", statement["Principal"])
        by_updater = principal == {"AWS": plan.config.updater} and role.name == "updater"
        by_service = isinstance(principal, dict) and principal.get("Service") in SERVICES and len(principal) == 1
        if not (by_updater or by_service):
            yield f"{role.label} can be taken by {principal}"


def _task(task: Resource) -> Iterator[str]:
    """Where the program is resolved, containers are known."""
    text = task.inputs.get("containerDefinitions")
    if task.inputs.get("networkMode") != "awsvpc":
        yield f"{task.label} is on the network of its host"
    if not isinstance(text, str) or text == COMPUTED or not text.startswith("["):
        return
    containers: list[dict[str, Any]] = json.loads(text)
    for container in containers:
        if container.get("privileged") or container.get("readonlyRootFilesystem") is not True:
            yield f"{task.label} has rights on its host, or a disk that it can change"
