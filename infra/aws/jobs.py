"""Jobs and workers: migrations around a roll, work that takes long, and the relay that never stops."""

import pulumi
import pulumi_aws as aws

from infra.aws.containers import Lambda, Task
from infra.aws.ground import Ground
from infra.kit.component import Component
from infra.planned import Workload

HANDLER = "contextfs.runtime.job.handler"
JOB = "CONTEXTFS_JOB"


class Job(Component):
    """Owns one job, a Lambda of fifteen minutes at the most. With `run_now` it is ready when it has run for this image.

    A migration that takes longer is run by hand from the image before the roll: docs/guides/deploy.md.
    """

    def __init__(self, ground: Ground, workload: Workload, parent: pulumi.Resource, *, run_now: bool = False) -> None:
        super().__init__(f"job-{workload.name}-{ground.region.short}", parent)
        self.live = Lambda(ground, workload, HANDLER, JOB, self).live
        if run_now:
            aws.lambda_.Invocation(
                f"{workload.name}-{ground.region.short}",
                function_name=self.live.function_name,
                qualifier=self.live.name,
                input=pulumi.Output.json_dumps({"image": ground.image}),
                triggers={"image": ground.image},
                opts=self.inside(),
            )


class Worker(Component):
    """Owns one service on Fargate that always runs, and answers nobody. A standby's is drawn, and has no task."""

    def __init__(self, ground: Ground, workload: Workload, cluster: aws.ecs.Cluster, parent: pulumi.Resource) -> None:
        super().__init__(f"worker-{workload.name}-{ground.region.short}", parent)
        plan, region = ground.plan, ground.region
        task = Task(ground, workload, ["python", "-m", "contextfs.runtime.serve", workload.target], self)
        aws.ecs.Service(
            f"{workload.name}-{region.short}",
            name=plan.name(workload.name, region),
            cluster=cluster.arn,
            task_definition=task.definition.arn,
            launch_type="FARGATE",
            desired_count=1 if region.role == "serving" else 0,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            network_configuration={
                "subnets": ground.network.subnet_ids,
                "security_groups": [ground.network.workloads.id],
                "assign_public_ip": False,
            },
            opts=self.inside(),
        )
