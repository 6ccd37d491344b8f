"""What holds data is not deleted by a mistake, nothing is replaced under it, and what others need is left to them."""

from collections.abc import Iterator

from infra.planned import Plan
from infra.policies.grants import AGENT_ROLES
from infra.preview.recording import Recording

GUARDED = {
    "gcp:sql/databaseInstance:DatabaseInstance": "deletionProtection",
    "gcp:alloydb/cluster:Cluster": "deletionProtection",
    "gcp:redis/instance:Instance": "deletionProtection",
    "aws:rds/cluster:Cluster": "deletionProtection",
}
PROTECTED = (
    *(kind for kind in GUARDED if "redis" not in kind),
    "gcp:alloydb/instance:Instance",
    "gcp:kms/cryptoKey:CryptoKey",
    "aws:kms/key:Key",
    "aws:backup/vault:Vault",
    "aws:cognito/userPool:UserPool",
)
_BUCKETS = ("gcp:storage/bucket:Bucket", "aws:s3/bucket:Bucket")
_REPLACEABLE = ("sources-", "public")
"""Buckets whose content is made from this checkout."""
STAYS = {
    "gcp:compute/globalAddress:GlobalAddress": "address",
    "gcp:alloydb/instance:Instance": "instanceType",
    "aws:ec2/subnet:Subnet": "availabilityZone",
}
"""Stores, and where they have their addresses, and the input by which that would be replaced, and they with it."""


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what `pulumi up` would replace, and which stores and rights of others `pulumi destroy` would take."""
    for resource in recording.resources:
        moves = STAYS.get(resource.type)
        if moves in resource.inputs and moves not in resource.stays:
            yield f"{resource.label} would be replaced under what stands in it by another {moves}"
        if resource.inputs.get("role") in AGENT_ROLES and not resource.left:
            yield f"{resource.label} would be taken from all of the project, and not from this installation alone"
    if plan.config.production:
        yield from _stores(recording)


def _stores(recording: Recording) -> Iterator[str]:
    for resource in recording.resources:
        guard = GUARDED.get(resource.type)
        if guard and resource.inputs.get(guard) is not True:
            yield f"{resource.label} has no {guard}"
        if resource.type in PROTECTED and not resource.protect:
            yield f"{resource.label} is not protected"
        kept = resource.type in _BUCKETS and not resource.name.startswith(_REPLACEABLE)
        if kept and (resource.inputs.get("forceDestroy") or not resource.protect):
            yield f"{resource.label} would be deleted with what is in it"
        if resource.inputs.get("skipFinalSnapshot"):
            yield f"{resource.label} would be deleted without a last snapshot"
