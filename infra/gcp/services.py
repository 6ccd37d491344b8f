"""Cloud Run services: the API's doors, and consumers that need what only the image has."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.containers import command, environment, limits
from infra.gcp.ground import Ground
from infra.kit.component import Component
from infra.planned import Workload

PUBLIC_BEHIND = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
PRIVATE = "INGRESS_TRAFFIC_INTERNAL_ONLY"
_CALLS, _STREAMS = 40, 250
"""How many calls an instance takes at once; a stream waits most of its time."""


class Service(Component):
    """Owns one Cloud Run service.

    A door of the API takes calls from the load balancer only and asks nobody for a Google identity: it knows its own
    callers. Any other service takes calls from inside, by whoever was made its invoker. It does not own its account.
    """

    def __init__(self, ground: Ground, workload: Workload, parent: pulumi.Resource) -> None:
        super().__init__(f"{workload.name}-{ground.region.short}", parent)
        plan, region = ground.plan, ground.region
        door = workload.host == "service"
        self.service = gcp.cloudrunv2.Service(
            f"{workload.name}-{region.short}",
            name=plan.name(workload.name, region),
            location=region.name,
            ingress=PUBLIC_BEHIND if door else PRIVATE,
            invoker_iam_disabled=door,
            default_uri_disabled=door,
            deletion_protection=plan.config.production,
            template=_template(ground, workload),
            opts=self.inside(after=ground.before(workload)),
        )
        self.name = self.service.name
        self.uri = self.service.uri


def _template(ground: Ground, workload: Workload) -> gcp.cloudrunv2.ServiceTemplateArgsDict:
    sizing = ground.plan.config.sizing
    warm = sizing.warm if workload.host == "service" and ground.region.role == "serving" else 0
    return {
        "service_account": ground.accounts.email(workload.name),
        "timeout": f"{workload.timeout_seconds}s",
        "max_instance_request_concurrency": _STREAMS if workload.streams else _CALLS,
        "session_affinity": workload.streams,
        "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
        "scaling": {"min_instance_count": warm, "max_instance_count": sizing.most},
        "vpc_access": {
            "egress": "ALL_TRAFFIC",
            "network_interfaces": [
                {"network": ground.network.vpc.id, "subnetwork": ground.network.subnetwork.id},
            ],
        },
        "containers": [
            {
                "image": ground.image,
                "commands": command(workload)[:1],
                "args": command(workload)[1:],
                "ports": {"container_port": 8080},
                "resources": {"limits": limits(workload), "cpu_idle": True, "startup_cpu_boost": True},
                "startup_probe": {"tcp_socket": {"port": 8080}, "period_seconds": 2, "failure_threshold": 30},
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
    }
