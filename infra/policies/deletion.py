"""In production, what holds data cannot be deleted by a mistake."""

from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.recording import Recording

GUARDED = {
    "gcp:sql/databaseInstance:DatabaseInstance": "deletionProtection",
    "gcp:alloydb/cluster:Cluster": "deletionProtection",
    "gcp:redis/instance:Instance": "deletionProtection",
    "aws:rds/cluster:Cluster": "deletionProtection",
}
PROTECTED = (
    *(kind for kind in GUARDED if "redis" not in kind),
    "gcp:kms/cryptoKey:CryptoKey",
    "aws:kms/key:Key",
    "aws:backup/vault:Vault",
    "aws:cognito/userPool:UserPool",
)
_BUCKETS = ("gcp:storage/bucket:Bucket", "aws:s3/bucket:Bucket")
_REPLACEABLE = ("sources-", "public")
"""Buckets whose content is made from this checkout."""


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell which stores of a production installation `pulumi destroy` would take."""
    if not plan.config.production:
        return
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
