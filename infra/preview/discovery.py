"""Checks values against Google's own description of its APIs (discovery documents), where a package holds them.

The provider's types call many fields plain texts that the API knows as one of a few words: `POSTGRES_15`, `REGIONAL`.
The documents come with google-api-python-client, 110 MB that are needed for nothing else: where they are missing, the
preview goes without them.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from infra.preview.recording import COMPUTED, SECRET, Recording

DESCRIBED = {
    "gcp:alloydb/cluster:Cluster": ("alloydb.v1", "Cluster"),
    "gcp:alloydb/instance:Instance": ("alloydb.v1", "Instance"),
    "gcp:alloydb/user:User": ("alloydb.v1", "User"),
    "gcp:artifactregistry/repository:Repository": ("artifactregistry.v1", "Repository"),
    "gcp:cloudfunctionsv2/function:Function": ("cloudfunctions.v2", "Function"),
    "gcp:cloudrunv2/job:Job": ("run.v2", "GoogleCloudRunV2Job"),
    "gcp:cloudrunv2/service:Service": ("run.v2", "GoogleCloudRunV2Service"),
    "gcp:cloudrunv2/workerPool:WorkerPool": ("run.v2", "GoogleCloudRunV2WorkerPool"),
    "gcp:cloudscheduler/job:Job": ("cloudscheduler.v1", "Job"),
    "gcp:compute/backendBucket:BackendBucket": ("compute.v1", "BackendBucket"),
    "gcp:compute/backendService:BackendService": ("compute.v1", "BackendService"),
    "gcp:compute/forwardingRule:ForwardingRule": ("compute.v1", "ForwardingRule"),
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": ("compute.v1", "ForwardingRule"),
    "gcp:compute/regionBackendService:RegionBackendService": ("compute.v1", "BackendService"),
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": ("compute.v1", "NetworkEndpointGroup"),
    "gcp:compute/sSLPolicy:SSLPolicy": ("compute.v1", "SslPolicy"),
    "gcp:compute/serviceAttachment:ServiceAttachment": ("compute.v1", "ServiceAttachment"),
    "gcp:compute/subnetwork:Subnetwork": ("compute.v1", "Subnetwork"),
    "gcp:compute/uRLMap:URLMap": ("compute.v1", "UrlMap"),
    "gcp:identityplatform/config:Config": ("identitytoolkit.v2", "GoogleCloudIdentitytoolkitAdminV2Config"),
    "gcp:kms/cryptoKey:CryptoKey": ("cloudkms.v1", "CryptoKey"),
    "gcp:monitoring/alertPolicy:AlertPolicy": ("monitoring.v3", "AlertPolicy"),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": ("monitoring.v3", "UptimeCheckConfig"),
    "gcp:pubsub/subscription:Subscription": ("pubsub.v1", "Subscription"),
    "gcp:pubsub/topic:Topic": ("pubsub.v1", "Topic"),
    "gcp:redis/instance:Instance": ("redis.v1", "Instance"),
    "gcp:secretmanager/secret:Secret": ("secretmanager.v1", "Secret"),
    "gcp:sql/databaseInstance:DatabaseInstance": ("sqladmin.v1", "DatabaseInstance"),
    "gcp:storage/bucket:Bucket": ("storage.v1", "Bucket"),
}
"""Which document and schema describes a type of resources."""


def available() -> bool:
    """Tell whether a package with the documents is installed."""
    return find_spec("googleapiclient") is not None


def faults(recording: Recording) -> Iterator[str]:
    """Tell which values the APIs do not know."""
    for resource in recording.resources:
        if resource.type in DESCRIBED:
            name, schema = DESCRIBED[resource.type]
            yield from _value(resource.inputs, {"$ref": schema}, _document(name)["schemas"], resource.label)


def locations(name: str) -> set[str]:
    """Give the regions in which an API has an endpoint of its own; most APIs list none."""
    return {endpoint["location"] for endpoint in _document(name).get("endpoints", ())}


def _value(value: Any, schema: dict[str, Any], schemas: dict[str, Any], where: str) -> Iterator[str]:
    """Follow inputs and schema together; names that differ between the two are passed over."""
    schema = schemas[schema["$ref"]] if "$ref" in schema else schema
    if isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _value(item, schema.get("items", schema), schemas, f"{where}[{index}]")
    elif isinstance(value, dict):
        for name, item in cast("dict[str, Any]", value).items():
            inner = _property(schema.get("properties", {}), name)
            if inner is not None:
                yield from _value(item, inner, schemas, f"{where}.{name}")
    elif isinstance(value, str) and value not in {COMPUTED, SECRET, *schema.get("enum", (value,))}:
        yield f"{where}: {value!r} is none of {', '.join(schema['enum'][:8])}"


def _property(properties: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Find a field by its name or, since the provider writes lists in the plural or the singular, by the other."""
    found = next((one for one in (name, name.removesuffix("s"), f"{name}s") if one in properties), None)
    return properties[found] if found else None


@cache
def _document(name: str) -> dict[str, Any]:
    spec = find_spec("googleapiclient")
    if spec is None or spec.origin is None:
        raise AssertionError("ask `available` first")
    file = Path(spec.origin).parent / "discovery_cache" / "documents" / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8"))
