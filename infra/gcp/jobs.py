"""Cloud Run jobs and workers: migrations around a roll, work that takes long, and the relay that never stops."""

import hashlib

import pulumi
import pulumi_gcp as gcp

from infra.gcp.containers import command, environment, limits
from infra.gcp.ground import Ground
from infra.kit.component import Component
from infra.planned import Workload

_TRIES = 3


class Job(Component):
    """Owns one Cloud Run job. With `run_now` it is ready when it has run for this image, as what comes after needs."""

    def __init__(self, ground: Ground, workload: Workload, parent: pulumi.Resource, *, run_now: bool = False) -> None:
        super().__init__(f"{workload.name}-{ground.region.short}", parent)
        plan, region = ground.plan, ground.region
        self.job = gcp.cloudrunv2.Job(
            f"{workload.name}-{region.short}",
            name=plan.name(workload.name, region),
            location=region.name,
            deletion_protection=plan.config.production,
            run_execution_token=pulumi.Output.from_input(ground.image).apply(release) if run_now else None,
            template={
                "template": {
                    "service_account": ground.accounts.email(workload.name),
                    "timeout": f"{workload.timeout_seconds}s",
                    "max_retries": _TRIES - 1,
                    "vpc_access": _vpc(ground),
                    "containers": [_container(ground, workload)],
                }
            },
            # What is run now is waited for: as long as its tries may take, and a little more.
            opts=self.inside(
                after=ground.before(workload),
                minutes=(_TRIES * workload.timeout_seconds) // 60 + 5 if run_now else None,
            ),
        )


class Worker(Component):
    """Owns one pool of instances that always run, and answer nobody. A standby's is drawn, and empty."""

    def __init__(self, ground: Ground, workload: Workload, parent: pulumi.Resource) -> None:
        super().__init__(f"{workload.name}-{ground.region.short}", parent)
        plan, region = ground.plan, ground.region
        gcp.cloudrunv2.WorkerPool(
            f"{workload.name}-{region.short}",
            name=plan.name(workload.name, region),
            location=region.name,
            deletion_protection=plan.config.production,
            scaling={"scaling_mode": "MANUAL", "manual_instance_count": 1 if region.role == "serving" else 0},
            template={
                "service_account": ground.accounts.email(workload.name),
                "vpc_access": {
                    "egress": "ALL_TRAFFIC",
                    "network_interfaces": [
                        {"network": ground.network.vpc.id, "subnetwork": ground.network.subnetwork.id}
                    ],
                },
                "containers": [
                    {
                        "image": ground.image,
                        "commands": command(workload)[:1],
                        "args": command(workload)[1:],
                        "resources": {"limits": limits(workload)},
                        "envs": [
                            *({"name": name, "value": value} for name, value in environment(ground, workload).items()),
                            *(
                                {
                                    "name": name,
                                    "value_source": {"secret_key_ref": {"secret": secret, "version": version}},
                                }
                                for name, secret, version in ground.secrets(workload)
                            ),
                        ],
                    }
                ],
            },
            opts=self.inside(after=ground.before(workload)),
        )


def release(image: str) -> str:
    """Give a short name of an image, for an execution's name."""
    return hashlib.sha256(image.encode()).hexdigest()[:10]


def _vpc(ground: Ground) -> gcp.cloudrunv2.JobTemplateTemplateVpcAccessArgsDict:
    return {
        "egress": "ALL_TRAFFIC",
        "network_interfaces": [{"network": ground.network.vpc.id, "subnetwork": ground.network.subnetwork.id}],
    }


def _container(ground: Ground, workload: Workload) -> gcp.cloudrunv2.JobTemplateTemplateContainerArgsDict:
    return {
        "image": ground.image,
        "commands": command(workload)[:1],
        "args": command(workload)[1:],
        "resources": {"limits": limits(workload)},
        "envs": [
            *({"name": name, "value": value} for name, value in environment(ground, workload).items()),
            *(
                {"name": name, "value_source": {"secret_key_ref": {"secret": secret, "version": version}}}
                for name, secret, version in ground.secrets(workload)
            ),
        ],
    }
