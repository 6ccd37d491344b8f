"""Every stack keeps every policy, and every policy is broken by a program that does one thing wrong."""

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from infra.config import of_project, read
from infra.plan import plan
from infra.planned import Plan
from infra.preview import stack_file
from infra.preview.recording import SECRET, Recording, Resource
from tests.infra.conftest import PULUMI, Previews

pytestmark = PULUMI
policies = pytest.importorskip("infra.policies", reason="Pulumi's packages are not installed")

GCP, ALLOYDB, CUSTOMER = "gcp-us-central1", "gcp-alloydb", "gcp-customer"
AWS, RESOLVED = "aws-us-east-1", "aws-us-east-1 resolved"
Change = Callable[[dict[str, Any]], object]


def planned(stack: str) -> Plan:
    return plan(read(of_project(stack_file.values(stack.split(" ", maxsplit=1)[0]))))


def broken(recording: Recording, kind: str, change: Change, name: str = "") -> Recording:
    """Change one resource of a program: the first of a type whose name begins so."""
    place = next(
        index
        for index, one in enumerate(recording.resources)
        if one.custom and one.type.endswith(f":{kind}") and one.name.startswith(name)
    )
    raw = msgspec.to_builtins(recording.resources[place])
    change(raw)
    resources = list(recording.resources)
    resources[place] = msgspec.convert(raw, Resource)
    return msgspec.structs.replace(recording, resources=tuple(resources))


def without(recording: Recording, kind: str, name: str = "") -> Recording:
    """Leave one resource out of a program."""
    victim = next(
        r for r in recording.resources if r.custom and r.type.endswith(f":{kind}") and r.name.startswith(name)
    )
    kept = tuple(one for one in recording.resources if one is not victim)
    return msgspec.structs.replace(recording, resources=kept)


def named(value: object) -> str:
    """Name a value of a broken program for pytest, the same way in every process."""
    return str(getattr(value, "__name__", value))[:40]


def put(path: str, value: Any) -> Change:
    """Set an input."""

    def change(raw: dict[str, Any]) -> None:
        *above, last = path.split(".")
        inside: Any = raw["inputs"]
        for part in above:
            inside = inside[int(part)] if part.isdigit() else inside[part]
        inside[last] = value

    change.__name__ = f"set {path}"
    return change


def drop(path: str) -> Change:
    """Take an input out."""

    def change(raw: dict[str, Any]) -> None:
        *above, last = path.split(".")
        inside: Any = raw["inputs"]
        for part in above:
            inside = inside[int(part)] if part.isdigit() else inside[part]
        del inside[last]

    change.__name__ = f"drop {path}"
    return change


def waits_for_nothing(raw: dict[str, Any]) -> None:
    raw["dependencies"] = []


def unprotected(raw: dict[str, Any]) -> None:
    raw["protect"] = False


def over_another(raw: dict[str, Any]) -> None:
    raw["property_dependencies"]["serviceAccountId"] = ["somebody else"]


def other_bucket(raw: dict[str, Any]) -> None:
    for one in raw["inputs"]["template"]["containers"][0]["envs"]:
        if one["name"] == "CONTEXTFS_FILES":
            one["value"] = "gs://elsewhere"


def lists_all(raw: dict[str, Any]) -> None:
    raw["inputs"]["policy"] = re.sub(r', "Condition": \{"StringLike": [^}]*\}\}', "", raw["inputs"]["policy"])


def reads_all(raw: dict[str, Any]) -> None:
    raw["inputs"]["policy"] = raw["inputs"]["policy"].replace("/audit-heads/*", "/*")


def as_default_account(raw: dict[str, Any]) -> None:
    raw["property_dependencies"]["template"] = []


def elsewhere(raw: dict[str, Any]) -> None:
    raw["provider"] = "aws-eu-west-1"


def shouts(raw: dict[str, Any]) -> None:
    raw["inputs"]["environment"] = {"variables": {"CONTEXTFS_DATABASE_URL": SECRET}}


ROLE = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["*"]}]}'
OPEN = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage"}]}'


def called_as_changed_last(raw: dict[str, Any]) -> None:
    for name in ("functionName", "integrationUri", "qualifier", "target"):
        raw["property_dependencies"].pop(name, None)


def for_one_account(raw: dict[str, Any]) -> None:
    policy = json.loads(raw["inputs"]["policy"])
    for statement in policy["Statement"]:
        if statement["Principal"].get("Service") == "events.amazonaws.com":
            statement["Condition"] = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    raw["inputs"]["policy"] = json.dumps(policy)


def by_the_balancers_name(raw: dict[str, Any]) -> None:
    raw["inputs"]["orderedCacheBehaviors"][0]["originRequestPolicyId"] = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def by_no_provider(raw: dict[str, Any]) -> None:
    raw["provider"] = "gcp-apis"
    raw["dependencies"] = []


def buried_elsewhere(raw: dict[str, Any]) -> None:
    raw["property_dependencies"]["deadLetterConfig"] = ["another queue"]


def given_to_nobody(raw: dict[str, Any]) -> None:
    raw["property_dependencies"]["member"] = []


def replaced(raw: dict[str, Any]) -> None:
    raw["stays"] = []


def taken_by_a_destroy(raw: dict[str, Any]) -> None:
    raw["left"] = False


def fed_to_nobody(raw: dict[str, Any]) -> None:
    raw["property_dependencies"]["functionName"] = ["another function"]


def as_no_role(raw: dict[str, Any]) -> None:
    raw["property_dependencies"].pop("executionRoleArn")


def firewall_gone(raw: dict[str, Any]) -> None:
    raw["property_dependencies"].pop("securityPolicy", None)
    raw["property_dependencies"].pop("webAclId", None)


def of_an_unknown_api(raw: dict[str, Any]) -> None:
    raw["type"] = "gcp:bigquery/dataset:Dataset"


def any_tls(raw: dict[str, Any]) -> None:
    raw["property_dependencies"].pop("sslPolicy")


def of_nothing(raw: dict[str, Any]) -> None:
    raw["property_dependencies"] = {}


def of_no_bucket(raw: dict[str, Any]) -> None:
    raw["property_dependencies"]["bucket"] = []


def privileged(raw: dict[str, Any]) -> None:
    [container] = json.loads(raw["inputs"]["containerDefinitions"])
    raw["inputs"]["containerDefinitions"] = json.dumps([container | {"privileged": True}])


def bucket_as_nobody(raw: dict[str, Any]) -> None:
    del raw["inputs"]["origins"][0]["originAccessControlId"]


OF_ANYBODY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}'
OF_AN_ACCOUNT = OF_ANYBODY.replace('"*"', '{"AWS":"arn:aws:iam::999999999999:root"}')
ON_ALL = ROLE.replace("s3:*", "s3:GetObject")
SOME = ROLE.replace("s3:*", "s3:Get*").replace('["*"]', '["arn:aws:s3:::b/*"]')
DAYS = "settings.backupConfiguration.transactionLogRetentionDays"

BREAKS: list[tuple[str, str, Change, str, str]] = [
    (GCP, "Topic", drop("kmsKeyName"), "events", "encryption: Topic events-usc1 can take a key"),
    (GCP, "DatabaseInstance", drop("encryptionKeyName"), "", "encryption: DatabaseInstance postgres-usc1 can take"),
    (GCP, "Bucket", drop("encryption"), "files", "encryption: Bucket files-usc1 can take a key"),
    (GCP, "Secret", drop("replication.userManaged.replicas.0.customerManagedEncryption"), "", "encryption: Secret"),
    (ALLOYDB, "Cluster", drop("encryptionConfig"), "", "encryption: Cluster postgres-usc1 can take a key"),
    (GCP, "Instance", drop("customerManagedKey"), "redis", "encryption: Instance redis-usc1 can take a key"),
    (GCP, "Repository", drop("kmsKeyName"), "", "encryption: Repository images can take a key"),
    (GCP, "ProjectBucketConfig", drop("cmekSettings"), "", "encryption: ProjectBucketConfig logs-usc1 can take"),
    (AWS, "Queue", drop("kmsMasterKeyId"), "dead", "encryption: Queue dead-letters-use1 can take a key"),
    (AWS, "Cluster", drop("kmsKeyId"), "postgres", "encryption: Cluster postgres-use1 can take a key"),
    (AWS, "BucketServerSideEncryptionConfiguration", put("rules", []), "files", "encryption: Bucket files-use1"),
    (GCP, "SecretIamMember", put("member", "allUsers"), "", "exposure: SecretIamMember"),
    (GCP, "Bucket", put("publicAccessPrevention", "inherited"), "files", "exposure: Bucket files-usc1 could be made"),
    (GCP, "DatabaseInstance", put("settings.ipConfiguration.ipv4Enabled", True), "", "exposure: DatabaseInstance"),
    (GCP, "Service", put("invokerIamDisabled", True), "on-embed", "exposure: Service on-embed-usc1 may be called by"),
    (AWS, "BucketPublicAccessBlock", put("blockPublicPolicy", False), "files", "exposure: Bucket files-use1 could"),
    (AWS, "SecurityGroupIngressRule", put("cidrIpv4", "0.0.0.0/0"), "", "exposure: SecurityGroupIngressRule"),
    (AWS, "LoadBalancer", put("internal", False), "", "exposure: LoadBalancer balancer-use1 is reachable"),
    (
        AWS,
        "QueuePolicy",
        put("policy", OPEN),
        "on-embed",
        "exposure: QueuePolicy on-embed-use1.policy lets everyone in",
    ),
    (
        GCP,
        "Subscription",
        drop("pushConfig.oidcToken"),
        "on-index-memory",
        "delivery: Subscription on-index-memory-usc1 pushes",
    ),
    (
        GCP,
        "Subscription",
        drop("deadLetterPolicy"),
        "on-index-memory",
        "delivery: Subscription on-index-memory-usc1 has no dead",
    ),
    (
        GCP,
        "Subscription",
        drop("retryPolicy"),
        "on-index-memory",
        "delivery: Subscription on-index-memory-usc1 does not wait",
    ),
    (GCP, "Subscription", drop("expirationPolicy"), "dead", "delivery: Subscription dead-letters-usc1 is deleted"),
    (GCP, "Subscription", put("name", "other"), "on-embed", "delivery: on-embed gets no events in us-central1"),
    (
        AWS,
        "Queue",
        drop("redrivePolicy"),
        "on-index-memory",
        "delivery: Queue on-index-memory-use1 has no dead letters",
    ),
    (
        AWS,
        "Queue",
        put("visibilityTimeoutSeconds", 30),
        "on-index-memory",
        "delivery: Queue on-index-memory-use1 gives a message",
    ),
    (
        AWS,
        "EventTarget",
        drop("deadLetterConfig"),
        "on-embed",
        "delivery: EventTarget on-embed-use1 has no dead letters",
    ),
    (
        AWS,
        "EventSourceMapping",
        drop("functionResponseTypes"),
        "on-embed",
        "delivery: EventSourceMapping on-embed-use1 loses",
    ),
    (GCP, "DatabaseInstance", waits_for_nothing, "", "private_addresses: DatabaseInstance postgres-usc1 does not"),
    (GCP, "Instance", waits_for_nothing, "redis", "private_addresses: Instance redis-usc1 does not wait"),
    (ALLOYDB, "Cluster", waits_for_nothing, "", "private_addresses: Cluster postgres-usc1 does not wait"),
    (
        GCP,
        "IAMMember",
        put("role", "roles/editor"),
        "on-read",
        "grants: IAMMember on-read-calls-models-usc1 gives roles",
    ),
    (
        GCP,
        "IAMMember",
        over_another,
        "exports-signs",
        "grants: IAMMember exports-signs-usc1 gives roles/iam.serviceAcc",
    ),
    (GCP, "Bucket", drop("lifecycleRules"), "files", "files: Bucket files-usc1 keeps exports for ever"),
    (
        GCP,
        "Bucket",
        drop("lifecycleRules.1.condition.matchesPrefixes"),
        "files",
        "files: Bucket files-usc1 deletes",
    ),
    (AWS, "BucketLifecycleConfiguration", put("rules.0.filter", {}), "files", "files: Bucket files-use1 deletes where"),
    (AWS, "BucketLifecycleConfiguration", put("rules.0.filter", {}), "files", "files: Bucket files-use1 keeps exports"),
    (GCP, "BucketIAMMember", put("role", "roles/storage.objectViewer"), "exports", "files: exports may not write to"),
    (RESOLVED, "RolePolicy", put("policy", "{}"), "exports", "files: exports may not write to"),
    (GCP, "BucketIAMMember", put("role", "roles/none"), "admin-reads-files", "files: admin may not read"),
    (GCP, "BucketIAMMember", drop("condition"), "admin-reads-files", "files: admin reads more of"),
    (
        GCP,
        "BucketIAMMember",
        put("condition.expression", "true"),
        "admin-reads-files",
        "files: admin reads more of",
    ),
    (RESOLVED, "RolePolicy", lists_all, "admin", "files: admin reads more of"),
    (RESOLVED, "RolePolicy", reads_all, "admin", "files: admin reads more of"),
    (GCP, "Service", other_bucket, "exports", "files: exports keeps files in gs://elsewhere, which is not drawn"),
    (GCP, "TopicIAMMember", put("role", "roles/pubsub.admin"), "", "grants: TopicIAMMember"),
    (GCP, "TopicIAMMember", put("role", "roles/pubsub.serviceAgent"), "", "grants: TopicIAMMember"),
    (GCP, "TopicIAMMember", put("role", "roles/iam.serviceAccountUser"), "", "grants: TopicIAMMember"),
    (GCP, "Account", by_no_provider, "search", "beginnings: Account search-usc1 does not wait for the API iam"),
    (GCP, "SecurityPolicy", by_no_provider, "", "beginnings: SecurityPolicy api does not wait for the API compute"),
    (GCP, "IAMMember", given_to_nobody, "run-acts", "beginnings: ServiceIdentity run is an agent without its role"),
    (
        ALLOYDB,
        "Cluster",
        waits_for_nothing,
        "postgres-use4",
        "beginnings: Cluster postgres-use4 does not wait for an inst",
    ),
    (
        ALLOYDB,
        "Cluster",
        put("continuousBackupConfig.enabled", True),
        "postgres-use4",
        "beginnings: Cluster postgres-use4 does not say that it keeps no past",
    ),
    (
        ALLOYDB,
        "Cluster",
        drop("automatedBackupPolicy"),
        "postgres-use4",
        "beginnings: Cluster postgres-use4 has no backups of its own",
    ),
    (AWS, "ProxyTarget", waits_for_nothing, "", "beginnings: ProxyTarget proxy-use1 does not wait for an instance"),
    (GCP, "Service", waits_for_nothing, "pubsub", "beginnings: Service pubsub does not wait for the API cloudresource"),
    (
        AWS,
        "LogGroup",
        put("name", "/aws/rds/cluster/ctx/postgresql"),
        "api",
        "beginnings: LogGroup api-use1 has a name",
    ),
    (AWS, "EventSourceMapping", fed_to_nobody, "on-embed", "delivery: EventSourceMapping on-embed-use1 calls no func"),
    (AWS, "TaskDefinition", as_no_role, "relay", "reach: TaskDefinition relay-use1 fetches its image as nobody"),
    (AWS, "EventTarget", buried_elsewhere, "on-embed", "delivery: EventTarget on-embed-use1 may not write to its dead"),
    (RESOLVED, "RolePolicy", put("policy", "{}"), "relay-use1", "reach: TaskDefinition relay-use1 may not fetch its"),
    (AWS, "Distribution", by_the_balancers_name, "api", "reach: Distribution api-use1 asks fargate by a name that it"),
    (
        CUSTOMER,
        "IAMCustomRole",
        put("permissions", ["cloudfunctions.functions.update"]),
        "updater",
        "reach: IAMCustomRole updater may update functions",
    ),
    (AWS, "Key", for_one_account, "", "reach: Key key-use1 asks EventBridge for what it does not say"),
    (AWS, "Function", put("publish", False), "search", "releases: Function search-use1 has no versions"),
    (AWS, "EventSourceMapping", called_as_changed_last, "on-embed", "releases: EventSourceMapping on-embed-use1"),
    (AWS, "Integration", called_as_changed_last, "search", "releases: Integration search-use1.integrationUri calls"),
    (AWS, "Permission", called_as_changed_last, "search", "releases: Permission search-use1.qualifier calls"),
    (AWS, "Schedule", called_as_changed_last, "clock-expire", "releases: Schedule clock-expire-use1.target calls"),
    (AWS, "Invocation", called_as_changed_last, "migrate-pre", "releases: Invocation migrate-pre-use1.qualifier calls"),
    (AWS, "Service", waits_for_nothing, "stream", "releases: Service stream-use1 does not wait for the rules"),
    (RESOLVED, "RolePolicy", put("policy", ROLE), "search", "grants: RolePolicy search-use1 allows s3:*"),
    (AWS, "RolePolicyAttachment", put("policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"), "", "grants: RoleP"),
    (GCP, "Service", as_default_account, "search", "identity: Service search-usc1 runs as the project's default"),
    (GCP, "SecretVersion", put("secretData", "hunter2"), "", "disclosure: SecretVersion"),
    (
        AWS,
        "SecretVersion",
        put("secretString", ["hunter2"]),
        "key-pepper",
        "disclosure: SecretVersion key-pepper-use1.secretString is made",
    ),
    (AWS, "Function", shouts, "search", "disclosure: Function search-use1 has a secret among its variables"),
    (GCP, "DatabaseInstance", put("region", "europe-west1"), "", "residency: DatabaseInstance postgres-usc1 lies in"),
    (GCP, "Topic", drop("messageStoragePolicy"), "events", "residency: Topic events-usc1 may send events through"),
    (AWS, "Queue", elsewhere, "dead", "residency: Queue dead-letters-use1 lies in eu-west-1"),
    (GCP, "DatabaseInstance", put("deletionProtection", False), "", "deletion: DatabaseInstance postgres-usc1 has no"),
    (GCP, "CryptoKey", unprotected, "", "deletion: CryptoKey key-usc1 is not protected"),
    (ALLOYDB, "Instance", unprotected, "postgres-use4", "deletion: Instance postgres-use4 is not protected"),
    (GCP, "Bucket", put("forceDestroy", True), "files", "deletion: Bucket files-usc1 would be deleted with"),
    (AWS, "Cluster", put("skipFinalSnapshot", True), "postgres", "deletion: Cluster postgres-use1 would be deleted"),
    (GCP, "GlobalAddress", replaced, "services", "deletion: GlobalAddress services would be replaced under what"),
    (ALLOYDB, "Instance", replaced, "postgres-use4", "deletion: Instance postgres-use4 would be replaced under what"),
    (AWS, "Subnet", replaced, "private-0", "deletion: Subnet private-0-use1 would be replaced under what stands in it"),
    (GCP, "IAMMember", taken_by_a_destroy, "run-acts", "deletion: IAMMember run-acts would be taken from all of the"),
    (CUSTOMER, "IAMMember", taken_by_a_destroy, "sqladmin-acts", "deletion: IAMMember sqladmin-acts would be taken"),
    (AWS, "LogGroup", put("name", "/ctx/use1/gateway"), "api", "names: LogGroup"),
    (GCP, "Topic", put("name", "ctx-events-usc1"), "dead", "names: Topic"),
    (GCP, "Service", waits_for_nothing, "search", "order: Service search-usc1 does not wait for the migrations"),
    (GCP, "Job", waits_for_nothing, "migrate-post", "order: Job migrate-post-usc1 does not wait for search-usc1"),
    (GCP, "Firewall", waits_for_nothing, "nothing-else-out", "order: Firewall nothing-else-out does not wait for out"),
    (CUSTOMER, "Job", waits_for_nothing, "migrate-pre", "order: Job migrate-pre-euw4 does not wait for the user of"),
    (
        GCP,
        "Function",
        waits_for_nothing,
        "on-index-memory",
        "order: Function on-index-memory-usc1 may start before its secrets",
    ),
    (
        GCP,
        "DatabaseInstance",
        put("settings.ipConfiguration.sslMode", "ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
        "",
        "transit",
    ),
    (AWS, "ClusterParameterGroup", put("parameters", []), "", "transit: ClusterParameterGroup"),
    (AWS, "ReplicationGroup", put("transitEncryptionEnabled", False), "", "transit: ReplicationGroup cache-use1"),
    (
        GCP,
        "Subscription",
        put("retryPolicy.minimumBackoff", "10"),
        "on-index-memory",
        "formats: Subscription on-index-memory-usc1",
    ),
    (
        GCP,
        "Subscription",
        put("filter", "attribute.kind = 1"),
        "on-index-memory",
        "formats: Subscription on-index-memory-usc1.filter",
    ),
    (GCP, "Budget", put("budgetFilter.projects", ["projects/ctx"]), "", "formats: Budget month.budgetFilter: a bud"),
    (
        RESOLVED,
        "Function",
        put("imageUri", "1.ecr/ctx:latest@sha256:0"),
        "search",
        "formats: Function search-use1.im",
    ),
    (GCP, "Bucket", put("uniformBucketLevelAccess", False), "files", "exposure: Bucket files-usc1 lets each of"),
    (RESOLVED, "RolePolicy", put("policy", SOME), "search", "grants: RolePolicy search-use1 allows s3:Get*"),
    (RESOLVED, "RolePolicy", put("policy", ON_ALL), "search", "grants: RolePolicy search-use1 allows s3:GetObject on"),
    (GCP, "Account", of_an_unknown_api, "search", "beginnings: Dataset search-usc1: it is not known which API makes"),
    (GCP, "BackendService", firewall_gone, "search", "edge: BackendService search-usc1 stands before no firewall"),
    (GCP, "BackendService", drop("logConfig"), "search", "edge: BackendService search-usc1 leaves no line"),
    (GCP, "TargetHttpsProxy", any_tls, "", "edge: TargetHttpsProxy https takes any version of TLS"),
    (GCP, "URLMap", drop("defaultUrlRedirect"), "to-https", "edge: TargetHttpProxy http answers without TLS"),
    (AWS, "Distribution", firewall_gone, "api", "edge: Distribution api-use1 stands before no firewall"),
    (
        AWS,
        "Distribution",
        put("defaultCacheBehavior.viewerProtocolPolicy", "allow-all"),
        "site",
        "edge: Distribution site answers without TLS",
    ),
    (AWS, "Distribution", bucket_as_nobody, "site", "edge: Distribution site asks the bucket of files as nobody"),
    (
        AWS,
        "Distribution",
        put("origins.0.customOriginConfig.originProtocolPolicy", "match-viewer"),
        "api",
        "edge: Distribution api-use1 asks lambda without TLS",
    ),
    (AWS, "Listener", put("protocol", "HTTP"), "https", "edge: Listener https-use1 answers without TLS"),
    (AWS, "Stage", drop("accessLogSettings"), "", "edge: Stage api-use1 leaves no line of a call"),
    (AWS, "Stage", drop("defaultRouteSettings"), "", "edge: Stage api-use1 takes any number of calls"),
    (GCP, "Firewall", put("priority", 65535), "nothing", "egress: Network vpc lets everything out"),
    (GCP, "Firewall", put("disabled", True), "nothing", "egress: Network vpc lets everything out"),
    (GCP, "Firewall", put("allows.0.ports", ["443", "25"]), "out", "egress: Firewall out lets out what the config"),
    (GCP, "Firewall", drop("allows.0.ports"), "out", "egress: Firewall out lets out what the config"),
    (
        GCP,
        "Service",
        put("template.vpcAccess.egress", "PRIVATE_RANGES_ONLY"),
        "search",
        "egress: Service search-usc1 goes out past",
    ),
    (GCP, "Job", drop("template.template.vpcAccess"), "migrate-pre", "egress: Job migrate-pre-usc1 goes out past"),
    (
        GCP,
        "Function",
        put("serviceConfig.directVpcEgress", "VPC_EGRESS_PRIVATE_RANGES_ONLY"),
        "on-index-memory",
        "egress: Function on-index-memory-usc1 goes out past",
    ),
    (AWS, "Function", drop("vpcConfig"), "search", "egress: Function search-use1 goes out past the private"),
    (
        AWS,
        "Service",
        put("networkConfiguration.assignPublicIp", True),
        "relay",
        "egress: Service relay-use1 goes out past the private",
    ),
    (
        AWS,
        "SecurityGroupEgressRule",
        put("ipProtocol", "-1"),
        "workloads-out",
        "egress: SecurityGroupEgressRule workloads-out-443-use1 lets out",
    ),
    (
        AWS,
        "SecurityGroupEgressRule",
        put("toPort", 65535),
        "workloads-out",
        "egress: SecurityGroupEgressRule workloads-out-443-use1 lets out",
    ),
    (GCP, "ProjectBucketConfig", put("retentionDays", 30), "", "retention: ProjectBucketConfig logs-usc1 does not"),
    (AWS, "LogGroup", drop("retentionInDays"), "api", "retention: LogGroup api-use1 does not keep its lines for 90"),
    (GCP, "DatabaseInstance", put(DAYS, 1), "", "retention: DatabaseInstance postgres-usc1 cannot go back"),
    (
        GCP,
        "DatabaseInstance",
        put("settings.backupConfiguration.pointInTimeRecoveryEnabled", False),
        "",
        "retention: DatabaseInstance postgres-usc1 cannot go back",
    ),
    (ALLOYDB, "Cluster", drop("continuousBackupConfig"), "", "retention: Cluster postgres-usc1 cannot go back"),
    (AWS, "Cluster", put("backupRetentionPeriod", 1), "postgres", "retention: Cluster postgres-use1 cannot go back"),
    (AWS, "Plan", put("rules.0.lifecycle.deleteAfter", 3), "", "retention: Plan backups-use1 keeps copies for less"),
    (GCP, "Bucket", drop("versioning"), "files", "retention: Bucket files-usc1 keeps no version of before"),
    (AWS, "BucketVersioning", of_no_bucket, "files", "retention: Bucket files-use1 keeps no version of before"),
    (GCP, "CryptoKey", drop("rotationPeriod"), "", "rotation: CryptoKey key-usc1 is not replaced every 90 days"),
    (GCP, "CryptoKey", put("rotationPeriod", "31536000s"), "", "rotation: CryptoKey key-usc1 is not replaced"),
    (AWS, "Key", put("enableKeyRotation", False), "", "rotation: Key key-use1 is never replaced"),
    (AWS, "Key", put("deletionWindowInDays", 7), "", "rotation: Key key-use1 can be gone before 30 days"),
    (AWS, "Role", put("assumeRolePolicy", OF_ANYBODY), "search", "trusts: Role search-use1 can be taken by *"),
    (AWS, "Role", put("assumeRolePolicy", OF_AN_ACCOUNT), "search", "trusts: Role search-use1 can be taken by {'AWS'"),
    (RESOLVED, "TaskDefinition", privileged, "relay", "trusts: TaskDefinition relay-use1 has rights on its host"),
    (AWS, "TaskDefinition", put("networkMode", "host"), "relay", "trusts: TaskDefinition relay-use1 is on the network"),
    (GCP, "Account", put("accountId", "x" * 31), "search", "formats: Account search-usc1.accountId"),
    (CUSTOMER, "User", put("name", f"ctx-{'x' * 50}@customer.iam"), "search", "formats: User search-euw4-logs-in.name"),
    (GCP, "Job", put("schedule", "every minute"), "relay-outbox", "formats: Job relay-outbox-usc1.schedule"),
    (GCP, "SecretVersion", of_nothing, "cache-url", "use: Instance redis-usc1 is told to no program"),
    (AWS, "SecretVersion", of_nothing, "cache-url", "use: ReplicationGroup"),
]


@pytest.mark.parametrize("stack", [*stack_file.names(), RESOLVED])
def test_a_stack_keeps_every_policy(stack: str, previews: Previews) -> None:
    assert policies.faults(previews(stack), planned(stack)) == []


@pytest.mark.parametrize(("stack", "kind", "change", "name", "told"), BREAKS, ids=named)
def test_a_broken_program_is_told(
    stack: str, kind: str, change: Change, name: str, told: str, previews: Previews
) -> None:
    faults = policies.faults(broken(previews(stack), kind, change, name), planned(stack))

    assert any(fault.startswith(told) for fault in faults), faults


def test_every_policy_is_among_the_broken_ones() -> None:
    assert set(policies.POLICIES) == {told.split(":")[0] for *_, told in BREAKS}


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("Service", "search", "identity: search does not run in us-central1"),
        ("Job", "migrate-pre", "order: us-central1 has no migrations"),
        ("Subscription", "on-index-memory", "delivery: on-index-memory gets no events in us-central1"),
    ],
)
def test_what_is_left_out_is_missed(kind: str, name: str, told: str, previews: Previews) -> None:
    faults = policies.faults(without(previews(GCP), kind, name), planned(GCP))

    assert told in faults


@pytest.mark.parametrize(
    ("stack", "type_", "told"),
    [
        (GCP, "gcp:serviceaccount/key:Key", "trusts: Key added is a key that does not end"),
        (AWS, "aws:iam/accessKey:AccessKey", "trusts: AccessKey added is a key that does not end"),
        (GCP, "gcp:compute/instance:Instance", "trusts: Instance added is a machine"),
        (AWS, "aws:ec2/instance:Instance", "trusts: Instance added is a machine"),
        (
            CUSTOMER,
            "gcp:compute/globalForwardingRule:GlobalForwardingRule",
            "edge: GlobalForwardingRule added",
        ),
    ],
)
def test_what_is_not_to_be_there_is_told(stack: str, type_: str, told: str, previews: Previews) -> None:
    recording = previews(stack)
    inside = recording.resources[-1]
    added = msgspec.structs.replace(inside, urn="added", name="added", type=type_, inputs={}, property_dependencies={})
    grown = msgspec.structs.replace(recording, resources=(*recording.resources, added))

    faults = policies.faults(grown, planned(stack))

    assert any(fault.startswith(told) for fault in faults), faults


def test_two_programs_with_one_account_are_told(previews: Previews) -> None:
    recording = previews(GCP)
    account = next(r.urn for r in recording.resources if r.type.endswith(":Account") and r.name == "memories-usc1")

    def share(raw: dict[str, Any]) -> None:
        raw["property_dependencies"]["template"] = [account]

    faults = policies.faults(broken(recording, "Service", share, "search"), planned(GCP))

    assert [fault for fault in faults if "share an account" in fault] == [
        "identity: Service memories-usc1 and Service search-usc1 share an account"
    ]
