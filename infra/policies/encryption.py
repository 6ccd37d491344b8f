"""Every store is encrypted with the installation's key, or the customer's: what can take a key has one."""

import re
from collections.abc import Iterator
from typing import Any

from infra.planned import Plan
from infra.preview.graph import at, everywhere
from infra.preview.recording import Recording, Resource
from infra.preview.schema import inputs_of

NESTED = {
    "gcp:secretmanager/secret:Secret": "replication.userManaged.replicas.*.customerManagedEncryption.kmsKeyName",
    "gcp:storage/bucket:Bucket": "encryption.defaultKmsKeyName",
    "gcp:alloydb/cluster:Cluster": "encryptionConfig.kmsKeyName",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "cmekSettings.kmsKeyName",
    "aws:ecr/repository:Repository": "encryptionConfigurations.*.kmsKey",
}
"""Where a key stands deeper than the first level."""
EXEMPT = {
    "gcp:cloudfunctionsv2/function:Function": "its source lies in our bucket, which has a key",
    "gcp:storage/bucketObject:BucketObject": "its bucket has a key",
    "gcp:sql/user:User": "it is in a database, which has a key",
    "gcp:alloydb/user:User": "it is of a cluster, which has a key",
    "gcp:alloydb/instance:Instance": "it is of a cluster, which has a key",
    "aws:rds/clusterInstance:ClusterInstance": "it is of a cluster, which has a key",
    "aws:s3/bucket:Bucket": "its encryption is a resource of its own, checked below",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "it keeps no filter, and nothing else",
}
_KEY = re.compile(r"(kms|cmek|encryptionKey|customerManagedKey|encryptionConfig)", re.IGNORECASE)
_BUCKET = "aws:s3/bucket:Bucket"
_BUCKET_KEY = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell which stores have no key."""
    del plan
    for resource in recording.resources:
        if resource.custom and not all(_keys(resource)):
            yield f"{resource.label} can take a key, and has none"
    yield from _buckets(recording)


def _keys(resource: Resource) -> list[Any]:
    if resource.type in NESTED:
        return at(resource.inputs, NESTED[resource.type]) or [None]
    if resource.type in EXEMPT or resource.type.startswith(("pulumi:", "random:", "docker-build:")):
        return []
    possible = [name for name in inputs_of(resource.type) if _KEY.search(name) and name.lower().find("replica") < 0]
    return [next((resource.inputs[name] for name in possible if resource.inputs.get(name)), None)] if possible else []


def _buckets(recording: Recording) -> Iterator[str]:
    locked = {
        urn
        for config in recording.of(_BUCKET_KEY)
        if any(path.endswith(".kmsMasterKeyId") and value for path, value in everywhere(config.inputs))
        for urn in config.property_dependencies.get("bucket", ())
    }
    yield from (f"{bucket.label} has no key" for bucket in recording.of(_BUCKET) if bucket.urn not in locked)
