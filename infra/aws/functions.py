"""Lambda functions that events and the clock call."""

import pulumi
import pulumi_aws as aws

from infra.aws.containers import Lambda
from infra.aws.events import Delivery
from infra.aws.ground import Ground
from infra.aws.policy import allow, document
from infra.aws.services import HANDLER, TARGET
from infra.kit.component import Component
from infra.planned import Workload


class Function(Component):
    """Owns one function and, if it takes events, how its queue feeds it. The queue is owned by its delivery."""

    def __init__(
        self,
        ground: Ground,
        workload: Workload,
        parent: pulumi.Resource,
        delivery: Delivery | None = None,
    ) -> None:
        super().__init__(f"function-{workload.name}-{ground.region.short}", parent)
        self.live = Lambda(ground, workload, HANDLER, TARGET, self).live
        if delivery is not None:
            self._feed(ground, workload, delivery.queue)

    def _feed(self, ground: Ground, workload: Workload, queue: aws.sqs.Queue) -> None:
        name = f"{workload.name}-{ground.region.short}"
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        may = aws.iam.RolePolicy(
            f"takes-{name}",
            role=ground.accounts.roles[workload.name].name,
            policy=document([allow(actions, [queue.arn])]),
            opts=self.inside(),
        )
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=queue.arn,
            function_name=self.live.arn,
            batch_size=10,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": max(2, ground.plan.config.sizing.most)},
            opts=self.inside(after=[may]),
        )
