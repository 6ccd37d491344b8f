"""Roles are narrow: none that a whole project is owned or edited by, and no policy that allows everything."""

import json
from collections.abc import Iterator
from typing import Any, cast

from infra.planned import Plan
from infra.preview.graph import everywhere
from infra.preview.recording import Recording, Resource

PRIMITIVE = {"roles/owner", "roles/editor", "roles/viewer", "roles/iam.securityAdmin"}
ALLOWED_ROLES = {
    "roles/aiplatform.user",
    "roles/iam.serviceAccountTokenCreator",
    "roles/cloudbuild.builds.builder",
    "roles/cloudsql.instanceUser",
    "roles/cloudkms.cryptoKeyEncrypterDecrypter",
    "roles/pubsub.publisher",
    "roles/pubsub.subscriber",
    "roles/run.invoker",
    "roles/secretmanager.secretAccessor",
    "roles/storage.objectUser",
    "roles/storage.objectViewer",
}
"""Every role of Google's that is given to anybody."""
ALLOWED_POLICIES = (
    "service-role/AWSLambdaVPCAccessExecutionRole",
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
)
"""Every managed policy of AWS's that is attached to anything."""
ON_EVERYTHING = {"ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"}
"""Actions that AWS knows no narrower thing for."""
AGENT_ROLES = {
    "roles/alloydb.serviceAgent",
    "roles/artifactregistry.serviceAgent",
    "roles/cloudfunctions.serviceAgent",
    "roles/cloudsql.serviceAgent",
    "roles/pubsub.serviceAgent",
    "roles/redis.serviceAgent",
    "roles/run.serviceAgent",
}
"""Roles that Google's own agents have, and nobody else is given."""
_ROLLS = "roles/iam.serviceAccountUser"
_SIGNS = "roles/iam.serviceAccountTokenCreator"
_AGENT = "gcp:projects/serviceIdentity:ServiceIdentity"
_IAM = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy")


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell which grants are too wide."""
    agents = {agent.urn for agent in recording.of(_AGENT)}
    for resource in recording.resources:
        role = resource.inputs.get("role")
        if role in PRIMITIVE:
            yield f"{resource.label} gives {role}, which is half of everything"
        elif role == _SIGNS and not _of_itself(resource):
            yield f"{resource.label} gives {role} over an account that is not its member's own"
        elif role in AGENT_ROLES:
            if not agents & set(resource.property_dependencies.get("member", ())):
                yield f"{resource.label} gives {role} to somebody who is no agent of Google's"
        elif role == _ROLLS:
            if plan.config.updater is None or resource.inputs.get("member") != plan.config.updater:
                yield f"{resource.label} lets somebody who is not the updater run programs as an account"
        elif isinstance(role, str) and role.startswith("roles/") and role not in ALLOWED_ROLES:
            yield f"{resource.label} gives {role}, which is not among the roles that are given"
        if resource.type == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
            yield from _attachment(resource)
        yield from _documents(resource)


def _of_itself(resource: Resource) -> bool:
    """Tell whether an account is let act as itself, and as nobody else."""
    over, member = (set(resource.property_dependencies.get(name, ())) for name in ("serviceAccountId", "member"))
    return len(over) == 1 and over == member


def _attachment(resource: Resource) -> Iterator[str]:
    attached = resource.inputs["policyArn"]
    if attached.removeprefix("arn:aws:iam::aws:policy/") not in ALLOWED_POLICIES:
        yield f"{resource.label} attaches {attached}, which is not among the policies that are attached"


def _documents(resource: Resource) -> Iterator[str]:
    if resource.type not in _IAM:
        return
    for _, value in everywhere(resource.inputs):
        if isinstance(value, str) and '"Statement"' in value:
            for statement in json.loads(value)["Statement"]:
                yield from _statement(resource, statement)


def _statement(resource: Resource, statement: dict[str, Any]) -> Iterator[str]:
    actions = _listed(statement["Action"])
    wide = [action for action in actions if "*" in action]
    if wide:
        yield f"{resource.label} allows {wide[0]}"
    if "*" in _listed(statement["Resource"]) and set(actions) - ON_EVERYTHING:
        yield f"{resource.label} allows {actions[0]} on everything"


def _listed(value: Any) -> list[str]:
    return cast("list[str]", value) if isinstance(value, list) else [str(value)]
