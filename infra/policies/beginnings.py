"""An empty project or account is enough: what has to be there first comes first, and what acts in it may."""

from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.graph import Graph, at
from infra.preview.recording import Recording, Resource

ROLES = {
    "alloydb": "roles/alloydb.serviceAgent",
    "artifactregistry": "roles/artifactregistry.serviceAgent",
    "cloudfunctions": "roles/cloudfunctions.serviceAgent",
    "pubsub": "roles/pubsub.serviceAgent",
    "redis": "roles/redis.serviceAgent",
    "run": "roles/run.serviceAgent",
    "sqladmin": "roles/cloudsql.serviceAgent",
}
"""What an agent of Google's has to be granted that was asked for before its service was used."""
NEEDS = {
    "alloydb": "alloydb", "artifactregistry": "artifactregistry", "billing": "billingbudgets",
    "certificatemanager": "certificatemanager", "cloudfunctionsv2": "cloudfunctions", "cloudrunv2": "run",
    "cloudscheduler": "cloudscheduler", "compute": "compute", "identityplatform": "identitytoolkit", "kms": "cloudkms",
    "logging": "logging", "monitoring": "monitoring", "projects": "cloudresourcemanager", "pubsub": "pubsub",
    "redis": "redis", "secretmanager": "secretmanager", "serviceaccount": "iam",
    "servicenetworking": "servicenetworking", "sql": "sqladmin", "storage": "storage",
}  # fmt: skip
"""The API that the resources of a module of Pulumi's are made by."""
FIRST = "cloudresourcemanager"
"""The API without which Google's provider turns no other one on."""
_SERVICE, _AGENT = "gcp:projects/service:Service", "gcp:projects/serviceIdentity:ServiceIdentity"
_PROXY_TARGET, _INSTANCE = "aws:rds/proxyTarget:ProxyTarget", "aws:rds/clusterInstance:ClusterInstance"
_ALLOYDB, _ALLOYDB_INSTANCE = "gcp:alloydb/cluster:Cluster", "gcp:alloydb/instance:Instance"
_BACKUP_KEY = "automatedBackupPolicy.encryptionConfig.kmsKeyName"


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what the first `pulumi up` would stumble over."""
    del plan
    graph = Graph(recording)
    yield from _apis(recording, graph)
    yield from _groups(recording)
    yield from _agents(recording)
    yield from _copies(recording, graph)
    yield from _proxies(recording, graph)


def _apis(recording: Recording, graph: Graph) -> Iterator[str]:
    on = {service.inputs["service"].removesuffix(".googleapis.com"): service.urn for service in recording.of(_SERVICE)}
    for name, urn in on.items():
        if name != FIRST and on.get(FIRST) not in graph.before(urn):
            yield f"Service {name} does not wait for the API {FIRST}"
    for resource in recording.resources:
        if not resource.custom or not resource.type.startswith("gcp:") or resource.type == _SERVICE:
            continue
        api = NEEDS.get(module := resource.type.split(":")[1].split("/")[0])
        if api is None:
            yield f"{resource.label}: it is not known which API makes {module}"
        elif on.get(api) not in graph.before(resource.urn):
            yield f"{resource.label} does not wait for the API {api}"


def _groups(recording: Recording) -> Iterator[str]:
    """What AWS makes by itself is there when the program wants to make it: the next time, if not the first."""
    for group in recording.of("aws:cloudwatch/logGroup:LogGroup"):
        if str(group.inputs.get("name")).startswith("/aws/"):
            yield f"{group.label} has a name that AWS gives to groups of its own: it may be there already"


def _agents(recording: Recording) -> Iterator[str]:
    for agent in recording.of(_AGENT):
        role = ROLES.get(agent.inputs["service"].removesuffix(".googleapis.com"))
        given = (one for one in recording.resources if one.inputs.get("role") == role)
        if role is not None and not any(agent.urn in one.property_dependencies.get("member", ()) for one in given):
            yield f"{agent.label} is an agent without its role: what it does for its service is refused"


def _copies(recording: Recording, graph: Graph) -> Iterator[str]:
    instances = {one.urn for one in recording.of(_ALLOYDB_INSTANCE)}
    for cluster in recording.of(_ALLOYDB):
        if cluster.inputs.get("clusterType") != "SECONDARY":
            continue
        if not instances & graph.before(cluster.urn):
            yield f"{cluster.label} does not wait for an instance that it could follow"
        if cluster.inputs.get("continuousBackupConfig", {}).get("enabled") is not False:
            yield f"{cluster.label} does not say that it keeps no past of its own"
        if at(cluster.inputs, _BACKUP_KEY) != at(cluster.inputs, "encryptionConfig.kmsKeyName"):
            yield f"{cluster.label} has no backups of its own with its key, and Google copies none of its primary's"


def _proxies(recording: Recording, graph: Graph) -> Iterator[str]:
    for target in recording.of(_PROXY_TARGET):
        behind = graph.before(target.urn)
        if not any(_is_of(one, behind) for one in recording.of(_INSTANCE)):
            yield f"{target.label} does not wait for an instance of its cluster"


def _is_of(instance: Resource, behind: frozenset[str]) -> bool:
    return instance.urn in behind
