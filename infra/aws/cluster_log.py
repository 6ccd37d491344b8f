"""What a cluster of Aurora logs: how long its lines are kept, and by which key."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.aws.keys import Keys
from infra.aws.policy import allow, document, trust
from infra.kit.component import Component
from infra.planned import Plan, Region

_CALL = "arn:aws:scheduler:::aws-sdk:cloudwatchlogs:"
"""EventBridge Scheduler makes a call of CloudWatch Logs itself."""


class ClusterLog(Component):
    """Owns the clock that says to CloudWatch, each hour, how the lines of one cluster are kept. It says the same again.

    It does not own the group of lines. RDS makes that with the first line, and again with one that comes after the
    cluster is gone: a group that were drawn would be there already, when a stack is made a second time.
    """

    def __init__(
        self,
        name: str,
        plan: Plan,
        region: Region,
        keys: Keys,
        after: Sequence[pulumi.Resource],
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"{name}-log-{region.short}", parent)
        self._name, self._plan, self._region, self._keys, self._after = name, plan, region, keys, after
        group = f"/aws/rds/cluster/{plan.name(name, region)}/postgresql"
        self._role = self._let(group)
        days = 90 if plan.config.production else 14
        self._say("lasts", "putRetentionPolicy", {"LogGroupName": group, "RetentionInDays": days})
        self._say("sealed", "associateKmsKey", {"LogGroupName": group, "KmsKeyId": keys.key})

    def _let(self, group: str) -> aws.iam.Role:
        role = aws.iam.Role(
            f"{self._name}-log-{self._region.short}",
            name=self._plan.name(f"{self._name}-log", self._region),
            assume_role_policy=trust("scheduler.amazonaws.com"),
            opts=self.inside(),
        )
        arn = f"arn:aws:logs:{self._region.name}:{self._plan.config.account}:log-group:{group}"
        self._may = aws.iam.RolePolicy(
            f"{self._name}-log-{self._region.short}",
            role=role.name,
            policy=document(
                [
                    allow(["logs:AssociateKmsKey", "logs:PutRetentionPolicy"], [arn, f"{arn}:*"]),
                    allow(["kms:Decrypt"], [self._keys.key]),
                ]
            ),
            opts=self.inside(),
        )
        return role

    def _say(self, what: str, call: str, said: Mapping[str, Any]) -> None:
        aws.scheduler.Schedule(
            f"{self._name}-log-{what}-{self._region.short}",
            name=self._plan.name(f"{self._name}-log-{what}", self._region),
            schedule_expression="rate(1 hour)",
            flexible_time_window={"mode": "OFF"},
            kms_key_arn=self._keys.key,
            target={
                "arn": f"{_CALL}{call}",
                "role_arn": self._role.arn,
                "input": pulumi.Output.json_dumps(dict(said)),
                "retry_policy": {"maximum_retry_attempts": 0},
            },
            opts=self.inside(after=[self._may, *self._after]),
        )
