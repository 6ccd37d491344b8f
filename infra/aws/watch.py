"""CloudWatch: alarms and one dashboard for each region."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.aws.keys import Keys
from infra.aws.policy import Statement, document
from infra.kit.component import Component
from infra.planned import Plan, Region


@dataclass(frozen=True)
class Alarm:
    """When people are told: a metric above a threshold for some minutes, and what that means."""

    name: str
    says: str
    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    above: float
    minutes: int
    statistic: str = "Maximum"


class Watch(Component):
    """Owns who is told when calls fail, events cannot be taken, or a store is at its limit."""

    def __init__(
        self, plan: Plan, region: Region, keys: Keys, api: pulumi.Input[str] | None, parent: pulumi.Resource
    ) -> None:
        super().__init__(f"watch-{region.short}", parent)
        self._plan, self._region = plan, region
        self.topic = aws.sns.Topic(
            f"alarms-{region.short}",
            name=plan.name("alarms", region),
            kms_master_key_id=keys.key,
            opts=self.inside(),
        )
        aws.sns.TopicPolicy(
            f"alarms-{region.short}",
            arn=self.topic.arn,
            policy=document([_publishes(self.topic, plan.config.account)]),
            opts=self.inside(),
        )
        aws.sns.TopicSubscription(
            f"alarms-{region.short}",
            topic=self.topic.arn,
            protocol="email",
            endpoint=plan.config.alerts,
            opts=self.inside(),
        )
        for alarm in _alarms(plan, region, api):
            self._alarm(alarm)
        aws.cloudwatch.Dashboard(
            f"overview-{region.short}",
            dashboard_name=plan.name("overview", region),
            dashboard_body=json.dumps(dashboard(plan, region)),
            opts=self.inside(),
        )

    def _alarm(self, alarm: Alarm) -> None:
        aws.cloudwatch.MetricAlarm(
            f"{alarm.name}-{self._region.short}",
            name=self._plan.name(alarm.name, self._region),
            alarm_description=f"{alarm.says} ({self._region.name})",
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=dict(alarm.dimensions),
            statistic=alarm.statistic,
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.above,
            period=60,
            evaluation_periods=alarm.minutes,
            treat_missing_data="notBreaching",
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
            opts=self.inside(),
        )


def _publishes(topic: aws.sns.Topic, account: str) -> Statement:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic.arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }


def _alarms(plan: Plan, region: Region, api: pulumi.Input[str] | None) -> Iterator[Alarm]:
    cluster = {"DBClusterIdentifier": plan.name("postgres", region)}
    yield Alarm("capacity", "The database is at its limit", "AWS/RDS", "ACUUtilization", cluster, 90, 15)
    yield Alarm("lag", "A copy is a minute behind", "AWS/RDS", "AuroraGlobalDBReplicationLag", cluster, 60000, 5)
    dead = {"QueueName": plan.name("dead-letters", region)}
    buried = "ApproximateNumberOfMessagesVisible"
    yield Alarm("dead-letters", "An event could not be taken", "AWS/SQS", buried, dead, 0, 1)
    for subscription in plan.subscriptions:
        name = subscription.consumer
        queue = {"QueueName": plan.name(name, region)}
        says = f"Events wait for ten minutes: {name}"
        yield Alarm(f"{name}-waits", says, "AWS/SQS", "ApproximateAgeOfOldestMessage", queue, 600, 5)
    for cron in plan.crons:
        function = {"FunctionName": plan.name(cron.workload, region)}
        yield Alarm(
            f"{cron.workload}-fails", f"A job failed: {cron.workload}", "AWS/Lambda", "Errors", function, 0, 1, "Sum"
        )
    if api is not None:
        yield Alarm("calls-fail", "Calls fail", "AWS/ApiGateway", "5xx", {"ApiId": api}, 5, 5, "Sum")


def dashboard(plan: Plan, region: Region) -> dict[str, Any]:
    """Give the dashboard in CloudWatch's own form."""
    postgres, dead = plan.name("postgres", region), plan.name("dead-letters", region)
    graphs: dict[str, list[list[str]]] = {
        "Calls by Lambda": [
            ["AWS/Lambda", "Invocations", "FunctionName", plan.name(service.name, region)]
            for service in plan.of("service")
        ],
        "Duration, ms": [
            ["AWS/Lambda", "Duration", "FunctionName", plan.name(service.name, region)]
            for service in plan.of("service")
        ],
        "Database": [
            ["AWS/RDS", "ACUUtilization", "DBClusterIdentifier", postgres],
            ["AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", postgres],
        ],
        "Dead letters": [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", dead]],
    }
    return {
        "widgets": [
            {
                "type": "metric",
                "x": 12 * (index % 2),
                "y": 6 * (index // 2),
                "width": 12,
                "height": 6,
                "properties": {"title": title, "region": region.name, "metrics": metrics, "period": 60},
            }
            for index, (title, metrics) in enumerate(graphs.items())
        ]
    }
