"""Where the record is AlloyDB, programs log in to it, one region copies it, and nothing of Cloud SQL is left."""

import json

import msgspec

from infra.preview.recording import Recording, Resource
from tests.infra.conftest import PULUMI, Previews

pytestmark = PULUMI
STACK = "gcp-alloydb"
ADDRESSES = ("database-url", "relay-database-url", "sql-database-url", "migration-database-url")
CREATES = "CONTEXTFS_CREATE_DATABASE"


def one(recording: Recording, kind: str, name: str) -> Resource:
    """Give a resource by its type and name."""
    [found] = [each for each in recording.of(kind) if each.name == name]
    return found


def test_every_address_that_programs_read_is_that_of_the_regions_own_instance(previews: Previews) -> None:
    recording = previews(STACK)
    kind = "gcp:secretmanager/secretVersion:SecretVersion"
    instances = {each.urn for each in recording.of("gcp:alloydb/instance:Instance")}

    for short in ("usc1", "use4"):
        own = one(recording, "gcp:alloydb/instance:Instance", f"postgres-{short}").urn
        for name in ADDRESSES:
            behind = one(recording, kind, f"{name}-{short}").property_dependencies["secretData"]
            assert instances & set(behind) == {own}, name


def test_one_cluster_takes_writes_and_the_other_follows_it(previews: Previews) -> None:
    recording = previews(STACK)
    primary, copy = (one(recording, "gcp:alloydb/cluster:Cluster", f"postgres-{short}") for short in ("usc1", "use4"))

    assert ("PRIMARY", "SECONDARY") == (primary.inputs["clusterType"], copy.inputs["clusterType"])
    assert (primary.urn,) == copy.property_dependencies["secondaryConfig"]
    assert not {"initialUser", "maintenanceUpdatePolicy"} & set(copy.inputs)


def test_each_cluster_keeps_backups_in_its_own_region_with_its_own_key(previews: Previews) -> None:
    """Google copies no policy of a primary that has a key, and refuses a secondary that brings none."""
    recording = previews(STACK)
    told: list[tuple[object, ...]] = []
    for short in ("usc1", "use4"):
        cluster = one(recording, "gcp:alloydb/cluster:Cluster", f"postgres-{short}")
        policy = cluster.inputs["automatedBackupPolicy"]
        own = {one(recording, "gcp:kms/cryptoKey:CryptoKey", f"key-{short}").urn}
        behind = {urn for urn in cluster.property_dependencies["automatedBackupPolicy"] if "CryptoKey" in urn}
        told.append((policy["enabled"], policy["location"], behind == own))

    assert told == [(True, "us-central1", True), (True, "us-east4", True)]


def test_migrations_come_as_a_user_of_the_cluster_and_make_the_database(previews: Previews) -> None:
    recording = previews(STACK)
    [migrator] = recording.of("gcp:alloydb/user:User")
    job = "gcp:cloudrunv2/job:Job"
    creating = {each.name for each in recording.of(job) if CREATES in json.dumps(each.inputs)}

    assert ("migrator", ["alloydbsuperuser"]) == (migrator.inputs["userId"], migrator.inputs["databaseRoles"])
    assert migrator.urn in one(recording, job, "migrate-pre-usc1").dependencies
    assert {"migrate-pre-usc1", "migrate-pre-use4"} == creating


def test_nothing_of_cloud_sql_is_left_and_alarms_watch_what_is_there(previews: Previews) -> None:
    recording = previews(STACK)
    text = msgspec.json.encode(recording).decode()
    lag = one(recording, "gcp:monitoring/alertPolicy:AlertPolicy", "copy-lags").inputs["conditions"][0]

    assert [word for word in ("cloudsql", "sqladmin", "gcp:sql/") if word in text] == []
    assert 60_000 == lag["conditionThreshold"]["thresholdValue"]  # milliseconds
    assert "alloydb" not in msgspec.json.encode(previews("gcp-us-central1")).decode()
