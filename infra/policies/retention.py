"""What happened can be looked up, and what was lost can be had again: logs and backups are kept for long enough."""

from collections.abc import Iterator
from typing import Any

from infra.planned import Plan
from infra.preview.graph import at
from infra.preview.recording import Recording, Resource

LOG_DAYS = 90
"""How long production keeps its logs; development keeps them for as long as its backups."""
BACKUP_DAYS = 7
COPY_DAYS = 35
"""How long a copy outlives the store that it is of, where a service of its own keeps it."""
_LOGS = {
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "retentionDays",
    "aws:cloudwatch/logGroup:LogGroup": "retentionInDays",
}
_SQL = "gcp:sql/databaseInstance:DatabaseInstance"
_ALLOYDB = "gcp:alloydb/cluster:Cluster"
_PAST = {
    _SQL: "settings.backupConfiguration.transactionLogRetentionDays",
    _ALLOYDB: "continuousBackupConfig.recoveryWindowDays",
    "aws:rds/cluster:Cluster": "backupRetentionPeriod",
}
"""By which input one can go back to any moment of the days that it says."""
_ON = {
    _SQL: ("settings.backupConfiguration.enabled", "settings.backupConfiguration.pointInTimeRecoveryEnabled"),
    _ALLOYDB: ("continuousBackupConfig.enabled",),
}
_VERSIONED = "aws:s3/bucketVersioning:BucketVersioning"


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what is forgotten too soon."""
    least = LOG_DAYS if plan.config.production else BACKUP_DAYS
    for resource in recording.resources:
        if resource.type in _LOGS and not _at_least(resource, _LOGS[resource.type], least):
            yield f"{resource.label} does not keep its lines for {least} days"
        if resource.type in _PAST and not _is_copy(resource):
            yield from _past(resource)
    yield from _copies(recording)
    yield from _files(recording, plan)


def _at_least(resource: Resource, path: str, days: int) -> bool:
    (told,) = at(resource.inputs, path) or [None]
    return isinstance(told, int) and told >= days


def _is_copy(resource: Resource) -> bool:
    """A copy in another region has no past of its own on Google Cloud: it is its primary's that is kept."""
    inputs = resource.inputs
    return inputs.get("clusterType") == "SECONDARY" or inputs.get("instanceType") == "READ_REPLICA_INSTANCE"


def _past(store: Resource) -> Iterator[str]:
    is_on = all(at(store.inputs, path) == [True] for path in _ON.get(store.type, ()))
    if not (is_on and _at_least(store, _PAST[store.type], BACKUP_DAYS)):
        yield f"{store.label} cannot go back to any moment of the last {BACKUP_DAYS} days"


def _copies(recording: Recording) -> Iterator[str]:
    for made in recording.of("aws:backup/plan:Plan"):
        rules: list[dict[str, Any]] = made.inputs["rules"]
        if not rules or any(rule.get("lifecycle", {}).get("deleteAfter", 0) < COPY_DAYS for rule in rules):
            yield f"{made.label} keeps copies for less than {COPY_DAYS} days"


def _files(recording: Recording, plan: Plan) -> Iterator[str]:
    """What was written over or deleted among customers' files can be had again."""
    wanted = {plan.store("files", region) for region in plan.regions}
    versioned = {
        urn
        for one in recording.of(_VERSIONED)
        if at(one.inputs, "versioningConfiguration.status") == ["Enabled"]
        for urn in one.property_dependencies.get("bucket", ())
    }
    for bucket in recording.resources:
        if bucket.type == "gcp:storage/bucket:Bucket" and bucket.inputs["name"] in wanted:
            if at(bucket.inputs, "versioning.enabled") != [True]:
                yield f"{bucket.label} keeps no version of before"
        elif (
            bucket.type == "aws:s3/bucket:Bucket" and bucket.inputs["bucket"] in wanted and bucket.urn not in versioned
        ):
            yield f"{bucket.label} keeps no version of before"
