"""CloudWatch Logs: where a workload's log lines are kept, and for how long."""

import pulumi
import pulumi_aws as aws

from infra.aws.keys import Keys
from infra.kit.component import Component
from infra.planned import Plan, Region


class Logs(Component):
    """Owns a log group for each workload of a region. Lines hold ids, figures and kinds, never content."""

    def __init__(self, plan: Plan, region: Region, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__(f"logs-{region.short}", parent)
        self.groups = {
            workload.name: aws.cloudwatch.LogGroup(
                f"{workload.name}-{region.short}",
                name=f"/{plan.config.name}/{region.short}/{workload.name}",
                retention_in_days=90 if plan.config.production else 14,
                kms_key_id=keys.key,
                opts=self.inside(),
            )
            for workload in plan.workloads
        }
