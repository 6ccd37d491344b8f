"""EventBridge and SQS: a region's events, who gets which, and where those go that nobody can take."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.aws.keys import Keys
from infra.aws.policy import document
from infra.kit.component import Component
from infra.planned import Plan, Region, Subscription

ATTEMPTS = 8
_FOURTEEN_DAYS = 1209600


class Bus(Component):
    """Owns a region's bus, which no event leaves the region by, and the queue of dead letters."""

    def __init__(self, plan: Plan, region: Region, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__(f"bus-{region.short}", parent)
        self.bus = aws.cloudwatch.EventBus(
            f"events-{region.short}",
            name=plan.name("events", region),
            kms_key_identifier=keys.key,
            opts=self.inside(),
        )
        self.dead = aws.sqs.Queue(
            f"dead-letters-{region.short}",
            name=plan.name("dead-letters", region),
            message_retention_seconds=_FOURTEEN_DAYS,
            kms_master_key_id=keys.key,
            opts=self.inside(),
        )
        of_this_bus = pulumi.Output.concat(
            f"arn:aws:events:{region.name}:{plan.config.account}:rule/", self.bus.name, "/*"
        )
        self.buried = aws.sqs.QueuePolicy(
            f"dead-letters-{region.short}",
            queue_url=self.dead.url,
            policy=document([_sends(self.dead, {"ArnLike": {"aws:SourceArn": of_this_bus}})]),
            opts=self.inside(),
        )


class Delivery(Component):
    """Owns a consumer's rule and queue: which events, tried how often, buried where. It does not own the consumer."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        subscription: Subscription,
        bus: Bus,
        keys: Keys,
        parent: pulumi.Resource,
    ) -> None:
        name = subscription.consumer
        super().__init__(f"delivery-{name}-{region.short}", parent)
        self._label, self._bus = f"{name}-{region.short}", bus
        self.queue = aws.sqs.Queue(
            self._label,
            name=plan.name(name, region),
            # A message must stay hidden for longer than the longest try, with its retries inside Lambda.
            visibility_timeout_seconds=6 * plan.workload(name).timeout_seconds,
            message_retention_seconds=_FOURTEEN_DAYS,
            kms_master_key_id=keys.key,
            redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": bus.dead.arn, "maxReceiveCount": ATTEMPTS}),
            opts=self.inside(),
        )
        self._rule(plan, region, subscription)

    def _rule(self, plan: Plan, region: Region, subscription: Subscription) -> None:
        rule = aws.cloudwatch.EventRule(
            self._label,
            name=plan.name(subscription.consumer, region),
            event_bus_name=self._bus.bus.name,
            event_pattern=json.dumps(event_pattern(subscription)),
            opts=self.inside(),
        )
        let_in = aws.sqs.QueuePolicy(
            self._label,
            queue_url=self.queue.url,
            policy=document([_sends(self.queue, {"ArnEquals": {"aws:SourceArn": rule.arn}})]),
            opts=self.inside(),
        )
        aws.cloudwatch.EventTarget(
            self._label,
            rule=rule.name,
            event_bus_name=self._bus.bus.name,
            arn=self.queue.arn,
            dead_letter_config={"arn": self._bus.dead.arn},
            retry_policy={"maximum_event_age_in_seconds": 86400, "maximum_retry_attempts": 185},
            opts=self.inside(after=[let_in, self._bus.buried]),
        )


def _sends(queue: aws.sqs.Queue, when: dict[str, Any]) -> dict[str, Any]:
    """Let EventBridge write to a queue."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
        "Condition": when,
    }


def event_pattern(subscription: Subscription) -> dict[str, Any]:
    """Write a subscription as a pattern of EventBridge; an event's `detail` is a CloudEvent in structured form."""
    wanted = [*subscription.types, *({"prefix": prefix} for prefix in subscription.prefixes)]
    return {"detail": {"type": wanted or [{"exists": True}]}}
