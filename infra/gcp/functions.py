"""Cloud Functions (2nd generation): small programs that events and the clock call."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.containers import plain
from infra.gcp.ground import MEMORY, Ground
from infra.gcp.keys import Keys
from infra.kit.component import Component
from infra.kit.source import archive, digest, function_files
from infra.planned import Plan, Region, Workload

RUNTIME = "python312"


class Sources(Component):
    """Owns a region's archive of the functions' source, and the account that builds it, which may do nothing else.

    Another content is another object, so that functions follow.
    """

    def __init__(self, plan: Plan, region: Region, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__(f"sources-{region.short}", parent)
        files = function_files()
        self.bucket = gcp.storage.Bucket(
            f"sources-{region.short}",
            name=plan.store("sources", region),
            location=region.name,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            encryption={"default_kms_key_name": keys.key},
            lifecycle_rules=[{"action": {"type": "Delete"}, "condition": {"age": 90, "with_state": "ARCHIVED"}}],
            versioning={"enabled": True},
            force_destroy=True,
            opts=self.inside(after=keys.usable),
        )
        self.builder = self._builder(plan, region)
        self.object = gcp.storage.BucketObject(
            f"functions-{region.short}",
            name=f"functions-{digest(files)}.zip",
            bucket=self.bucket.name,
            source=archive(files),
            opts=self.inside(),
        )

    def _builder(self, plan: Plan, region: Region) -> gcp.serviceaccount.Account:
        account = gcp.serviceaccount.Account(
            f"build-{region.short}",
            account_id=plan.name("build", region),
            display_name=f"ContextFS build in {region.name}",
            opts=self.inside(),
        )
        self.may_build = gcp.projects.IAMMember(
            f"builds-{region.short}",
            project=plan.config.account,
            role="roles/cloudbuild.builds.builder",
            member=pulumi.Output.concat("serviceAccount:", account.email),
            opts=self.inside(),
        )
        return account


class Function(Component):
    """Owns one function. It has no trigger of its own: subscriptions push to it, and bury what it cannot take."""

    def __init__(self, ground: Ground, workload: Workload, sources: Sources, parent: pulumi.Resource) -> None:
        super().__init__(f"{workload.name}-{ground.region.short}", parent)
        plan, region = ground.plan, ground.region
        function = gcp.cloudfunctionsv2.Function(
            f"{workload.name}-{region.short}",
            name=plan.name(workload.name, region),
            location=region.name,
            build_config={
                "runtime": RUNTIME,
                "entry_point": workload.target,
                "service_account": sources.builder.id,
                "source": {"storage_source": {"bucket": sources.bucket.name, "object": sources.object.name}},
            },
            service_config=_service_config(ground, workload),
            opts=self.inside(after=[*ground.before(workload), sources.may_build]),
        )
        self.name = function.name
        # Pub/Sub and Scheduler count as callers from inside at this address of a function, and not at its other one.
        self.uri = function.service_config.apply(
            lambda service: address(workload.name, service.uri if service else None)
        )


def address(name: str, told: str | None) -> str:
    """Give the address that Google told of a function; ValueError when it told none, for events would go nowhere."""
    if not told:
        raise ValueError(f"{name}: Google told no address of this function. Run `pulumi refresh`, then `pulumi up`.")
    return told


def _service_config(ground: Ground, workload: Workload) -> gcp.cloudfunctionsv2.FunctionServiceConfigArgsDict:
    plan = ground.plan
    return {
        "service_account_email": ground.accounts.email(workload.name),
        "ingress_settings": "ALLOW_INTERNAL_ONLY",
        "available_memory": MEMORY[workload.size],
        "available_cpu": "1",
        "max_instance_request_concurrency": 10,
        "timeout_seconds": workload.timeout_seconds,
        "min_instance_count": 0,
        "max_instance_count": plan.config.sizing.most,
        "direct_vpc_egress": "VPC_EGRESS_ALL_TRAFFIC",
        "direct_vpc_network_interfaces": [
            {"network": ground.network.vpc.id, "subnetwork": ground.network.subnetwork.id}
        ],
        "environment_variables": plain(ground, workload),
        "secret_environment_variables": [
            {"key": name, "project_id": plan.config.account, "secret": secret, "version": version}
            for name, secret, version in ground.secrets(workload)
        ],
    }
