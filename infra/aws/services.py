"""The API's doors: on Lambda behind API Gateway, and on Fargate where Lambda is too small."""

import pulumi
import pulumi_aws as aws

from infra.aws.balancer import Balancer
from infra.aws.containers import PORT, Lambda, Task
from infra.aws.ground import Ground
from infra.kit.component import Component
from infra.planned import Workload

HANDLER = "contextfs.runtime.aws.handler"
TARGET = "CONTEXTFS_TARGET"


class Service(Component):
    """Owns one service on Lambda. What calls it is the API Gateway of its region."""

    def __init__(self, ground: Ground, workload: Workload, parent: pulumi.Resource) -> None:
        super().__init__(f"service-{workload.name}-{ground.region.short}", parent)
        self.workload = workload
        self.live = Lambda(ground, workload, HANDLER, TARGET, self).live


class FargateService(Component):
    """Owns one service on Fargate: its tasks, which grow with their load, and its place behind the load balancer."""

    def __init__(
        self,
        ground: Ground,
        workload: Workload,
        cluster: aws.ecs.Cluster,
        balancer: Balancer,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"service-{workload.name}-{ground.region.short}", parent)
        self.workload = workload
        self._ground, self._cluster = ground, cluster
        task = Task(ground, workload, _command(workload), self)
        target = balancer.target(workload.name)
        self._service(task, target, balancer)
        self._growth()

    def _service(self, task: Task, target: aws.lb.TargetGroup, balancer: Balancer) -> None:
        ground, name = self._ground, self.workload.name
        self.service = aws.ecs.Service(
            f"{name}-{ground.region.short}",
            name=ground.plan.name(name, ground.region),
            cluster=self._cluster.arn,
            task_definition=task.definition.arn,
            launch_type="FARGATE",
            desired_count=_fewest(ground),
            deployment_circuit_breaker={"enable": True, "rollback": True},
            wait_for_steady_state=True,
            network_configuration={
                "subnets": ground.network.subnet_ids,
                "security_groups": [ground.network.workloads.id],
                "assign_public_ip": False,
            },
            load_balancers=[{"target_group_arn": target.arn, "container_name": name, "container_port": PORT}],
            # A target of no load balancer is refused: it is one by the rules that lead to it. How many tasks there are,
            # their load says: a roll would bring back the number that it began with.
            opts=self.inside(after=balancer.rules(name), stays=["desiredCount"]),
        )

    def _growth(self) -> None:
        ground, name = self._ground, self.workload.name
        target = aws.appautoscaling.Target(
            f"{name}-{ground.region.short}",
            service_namespace="ecs",
            resource_id=pulumi.Output.concat("service/", self._cluster.name, "/", self.service.name),
            scalable_dimension="ecs:service:DesiredCount",
            min_capacity=_fewest(ground),
            max_capacity=ground.plan.config.sizing.most,
            opts=self.inside(),
        )
        aws.appautoscaling.Policy(
            f"{name}-{ground.region.short}",
            name=ground.plan.name(name, ground.region),
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            target_tracking_scaling_policy_configuration={
                "target_value": 60,
                "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
            },
            opts=self.inside(),
        )


def _fewest(ground: Ground) -> int:
    """Tell how many tasks there always are; a standby has none, until it serves."""
    return max(1, ground.plan.config.sizing.warm) if ground.region.role == "serving" else 0


def _command(workload: Workload) -> list[str]:
    if workload.streams:
        return ["python", "-m", "contextfs.runtime.serve", workload.target]
    return ["functions-framework", "--source=main.py", f"--target={workload.target}", "--host=0.0.0.0"]
