"""EventBridge Scheduler: what runs by the clock."""

import pulumi
import pulumi_aws as aws

from infra.aws.keys import Keys
from infra.aws.policy import allow, document, trust
from infra.kit.component import Component
from infra.planned import Cron, Plan, Region


class Clock(Component):
    """Owns one schedule, and the role by which it calls one function. A standby's is disabled."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        cron: Cron,
        function: aws.lambda_.Alias,
        keys: Keys,
        parent: pulumi.Resource,
    ) -> None:
        name = f"clock-{cron.workload}-{region.short}"
        super().__init__(name, parent)
        role = aws.iam.Role(
            name,
            name=plan.name(f"c-{cron.workload}", region),
            assume_role_policy=trust("scheduler.amazonaws.com"),
            opts=self.inside(),
        )
        may = aws.iam.RolePolicy(
            name,
            role=role.name,
            policy=document([allow(["lambda:InvokeFunction"], [function.arn]), allow(["kms:Decrypt"], [keys.key])]),
            opts=self.inside(),
        )
        aws.scheduler.Schedule(
            name,
            name=plan.name(cron.workload, region),
            schedule_expression=rate(cron.every_seconds),
            schedule_expression_timezone="UTC",
            state="DISABLED" if region.role == "standby" else "ENABLED",
            flexible_time_window={"mode": "OFF"},
            kms_key_arn=keys.key,
            target={
                "arn": function.arn,
                "role_arn": role.arn,
                "retry_policy": {"maximum_retry_attempts": 2, "maximum_event_age_in_seconds": 900},
            },
            opts=self.inside(after=[may]),
        )


def rate(seconds: int) -> str:
    """Write a rate as Scheduler does: `rate(1 minute)`, `rate(6 hours)`."""
    count, unit = (seconds // 3600, "hour") if seconds % 3600 == 0 else (seconds // 60, "minute")
    return f"rate({count} {unit}{'' if count == 1 else 's'})"
