"""Each database and cache that is drawn is one that programs are told of: nobody pays for what nothing asks."""

from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.recording import Recording

STORES = (
    "gcp:alloydb/instance:Instance",
    "gcp:redis/instance:Instance",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:rds/cluster:Cluster",
)
_TELLS = ("gcp:secretmanager/secretVersion:SecretVersion", "aws:secretsmanager/secretVersion:SecretVersion")


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell which stores have an address that no secret holds."""
    del plan
    told = {
        urn
        for version in recording.resources
        if version.type in _TELLS
        for dependencies in version.property_dependencies.values()
        for urn in dependencies
    }
    for kind in STORES:
        yield from (f"{store.label} is told to no program" for store in recording.of(kind) if store.urn not in told)
