"""The key that encrypts a region's stores."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.kit.component import Component
from infra.planned import Plan, Region

_USE = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"]


class Keys(Component):
    """Owns a region's key, or knows the customer's own (BYOK), whose policy the customer writes.

    A customer who withdraws a key closes the stores.
    """

    def __init__(self, plan: Plan, region: Region, parent: pulumi.Resource) -> None:
        super().__init__(f"keys-{region.short}", parent)
        own = plan.config.encryption_keys.get(region.name)
        self.key: pulumi.Input[str] = own or self._make(plan, region)

    def _make(self, plan: Plan, region: Region) -> pulumi.Output[str]:
        key = aws.kms.Key(
            f"key-{region.short}",
            description=f"ContextFS {plan.config.name}: the stores of {region.name}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=json.dumps(_policy(plan.config.account, region.name)),
            opts=self.inside(protect=plan.config.production),
        )
        aws.kms.Alias(
            f"key-{region.short}",
            name=f"alias/{plan.name('stores', region)}",
            target_key_id=key.key_id,
            opts=self.inside(),
        )
        return key.arn


def _policy(account: str, region: str) -> dict[str, Any]:
    """The account's own policies decide; services of AWS use the key for things of this account only.

    EventBridge does not say for whom it writes to a queue that is encrypted, so it is not asked for that: with such a
    condition every event is lost. What it may write to, the policies of the queues say.
    """
    ours = {"StringEquals": {"aws:SourceAccount": account}}
    edges = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{account}:distribution/*"}}
    logs = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{account}:*"}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            _statement({"AWS": f"arn:aws:iam::{account}:root"}, ["kms:*"], {}),
            _statement({"Service": f"logs.{region}.amazonaws.com"}, _USE, logs),
            _statement({"Service": "events.amazonaws.com"}, _USE, {}),
            _statement({"Service": "sns.amazonaws.com"}, _USE, ours),
            _statement({"Service": ["cloudwatch.amazonaws.com", "backup.amazonaws.com"]}, _USE, ours),
            _statement({"Service": "cloudfront.amazonaws.com"}, _USE, edges),
        ],
    }


def _statement(principal: dict[str, Any], actions: list[str], condition: dict[str, Any]) -> dict[str, Any]:
    made = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
    return {**made, "Condition": condition} if condition else made
