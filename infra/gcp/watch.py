"""Cloud Monitoring: objectives, alarms, one dashboard, and a look from outside."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_gcp as gcp

from infra.kit.component import Component
from infra.planned import Plan

Condition = gcp.monitoring.AlertPolicyConditionArgsDict

_RUN = 'resource.type="cloud_run_revision" AND metric.type="run.googleapis.com/request_count"'
_LATENCY = 'resource.type="cloud_run_revision" AND metric.type="run.googleapis.com/request_latencies"'
_SUBSCRIPTION = 'resource.type="pubsub_subscription"'
_GRAPHS = {
    "Calls a second": (_RUN, "ALIGN_RATE"),
    "Latency, 95th percentile, ms": (_LATENCY, "ALIGN_PERCENTILE_95"),
    "Events not yet taken, oldest, s": (
        f'{_SUBSCRIPTION} AND metric.type="pubsub.googleapis.com/subscription/oldest_unacked_message_age"',
        "ALIGN_MAX",
    ),
}


@dataclass(frozen=True)
class _Record:
    """What is measured of a record: its CPU (1 is all), its connections, and how far a copy lags, in which unit."""

    cpu: str
    connections: str
    lag: str
    unit: str
    second: int

    @property
    def graphs(self) -> dict[str, tuple[str, str]]:
        return {
            "Database CPU": (self.cpu, "ALIGN_MEAN"),
            "Database connections": (self.connections, "ALIGN_MEAN"),
            f"Replication lag, {self.unit}": (self.lag, "ALIGN_MAX"),
        }


_SQL = 'resource.type="cloudsql_database" AND metric.type="cloudsql.googleapis.com/database/'
_ALLOYDB = 'resource.type="alloydb.googleapis.com/Instance" AND metric.type="alloydb.googleapis.com/instance/'
_OF_CLOUD_SQL = _Record(
    cpu=f'{_SQL}cpu/utilization"',
    connections=f'{_SQL}postgresql/num_backends"',
    lag=f'{_SQL}replication/replica_lag"',
    unit="s",
    second=1,
)
_OF_ALLOYDB = _Record(
    cpu=f'{_ALLOYDB}cpu/maximum_utilization"',
    connections=f'{_ALLOYDB}postgres/total_connections"',
    lag=f'{_ALLOYDB}postgres/replication/maximum_secondary_lag"',
    unit="ms",
    second=1000,
)


class Watch(Component):
    """Owns what is promised (99.9 % of calls answered, 95 % of them within half a second) and who is told when not."""

    def __init__(self, plan: Plan, parent: pulumi.Resource) -> None:
        super().__init__("watch", parent)
        self._plan = plan
        self._people = gcp.monitoring.NotificationChannel(
            "people",
            display_name="ContextFS alarms",
            type="email",
            labels={"email_address": plan.config.alerts},
            opts=self.inside(),
        )
        self._objectives()
        self._record = _OF_ALLOYDB if plan.config.alloydb else _OF_CLOUD_SQL
        for name, says, condition in _conditions(self._record):
            self._alert(name, says, condition)
        gcp.monitoring.Dashboard("overview", dashboard_json=dashboard(self._record), opts=self.inside())
        if plan.config.network == "public":
            self._look_from_outside()

    def _objectives(self) -> None:
        service = gcp.monitoring.CustomService(
            "api", service_id=f"{self._plan.config.name}-api", display_name="ContextFS API", opts=self.inside()
        )
        answered = gcp.monitoring.Slo(
            "answered",
            service=service.service_id,
            slo_id="answered",
            display_name="99.9 % of calls do not fail",
            goal=0.999,
            rolling_period_days=28,
            request_based_sli={
                "good_total_ratio": {
                    "total_service_filter": _RUN,
                    "bad_service_filter": f'{_RUN} AND metric.labels.response_code_class="5xx"',
                }
            },
            opts=self.inside(),
        )
        gcp.monitoring.Slo(
            "prompt",
            service=service.service_id,
            slo_id="prompt",
            display_name="95 % of calls within half a second",
            goal=0.95,
            rolling_period_days=28,
            request_based_sli={"distribution_cut": {"distribution_filter": _LATENCY, "range": {"max": 500}}},
            opts=self.inside(),
        )
        burn = pulumi.Output.concat('select_slo_burn_rate("', answered.name, '", "3600s")')
        self._alert("errors-burn", "The month's errors would be used up in two days", _burns(burn, 14))

    def _alert(self, name: str, says: str, condition: Condition) -> None:
        gcp.monitoring.AlertPolicy(
            name,
            display_name=f"ContextFS: {says}",
            combiner="OR",
            conditions=[{**condition, "display_name": says}],
            notification_channels=[self._people.name],
            alert_strategy={"auto_close": "86400s"},
            opts=self.inside(),
        )

    def _look_from_outside(self) -> None:
        host = f"api.{self._plan.config.domain}"
        check = gcp.monitoring.UptimeCheckConfig(
            "ready",
            display_name=f"{host} is ready",
            timeout="10s",
            period="60s",
            http_check={"path": "/health/ready", "port": 443, "use_ssl": True, "validate_ssl": True},
            monitored_resource={
                "type": "uptime_url",
                "labels": {"host": host, "project_id": self._plan.config.account},
            },
            opts=self.inside(),
        )
        passed = pulumi.Output.concat(
            'resource.type="uptime_url" AND metric.type="monitoring.googleapis.com/uptime_check/check_passed"'
            ' AND metric.labels.check_id="',
            check.uptime_check_id,
            '"',
        )
        self._alert(
            "not-ready",
            "The API is not ready",
            {
                "display_name": "",
                "condition_threshold": {
                    "filter": passed,
                    "comparison": "COMPARISON_LT",
                    "threshold_value": 1,
                    "duration": "120s",
                    "aggregations": [{"alignment_period": "60s", "per_series_aligner": "ALIGN_FRACTION_TRUE"}],
                },
            },
        )


def _conditions(record: _Record) -> Iterator[tuple[str, str, Condition]]:
    yield (
        "dead-letters",
        "An event could not be taken",
        _above(
            'resource.type="pubsub_subscription" AND '
            'metric.type="pubsub.googleapis.com/subscription/dead_letter_message_count"',
            0,
            "0s",
            "ALIGN_DELTA",
        ),
    )
    yield (
        "events-wait",
        "Events wait for ten minutes",
        _above(_GRAPHS["Events not yet taken, oldest, s"][0], 600, "300s"),
    )
    yield "database-busy", "The database works at 85 % of its CPU", _above(record.cpu, 0.85, "900s")
    yield "copy-lags", "A copy of the database is a minute behind", _above(record.lag, 60 * record.second, "300s")
    yield (
        "job-failed",
        "A job failed",
        _above(
            'resource.type="cloud_run_job" AND metric.type="run.googleapis.com/job/completed_execution_count"'
            ' AND metric.labels.result="failed"',
            0,
            "0s",
            "ALIGN_DELTA",
        ),
    )


def _above(filter_: pulumi.Input[str], threshold: float, duration: str, aligner: str = "ALIGN_MAX") -> Condition:
    return {
        "display_name": "",
        "condition_threshold": {
            "filter": filter_,
            "comparison": "COMPARISON_GT",
            "threshold_value": threshold,
            "duration": duration,
            "aggregations": [{"alignment_period": "60s", "per_series_aligner": aligner}],
        },
    }


def _burns(rate: pulumi.Input[str], threshold: float) -> Condition:
    """Compare a rate of burning, which Monitoring has lined up in time already."""
    return {
        "display_name": "",
        "condition_threshold": {
            "filter": rate,
            "comparison": "COMPARISON_GT",
            "threshold_value": threshold,
            "duration": "0s",
        },
    }


def dashboard(record: _Record) -> str:
    """Write the dashboard as Monitoring's JSON (projects.dashboards)."""
    widgets: list[dict[str, Any]] = [
        {
            "title": title,
            "xyChart": {
                "dataSets": [
                    {
                        "timeSeriesQuery": {
                            "timeSeriesFilter": {
                                "filter": filter_,
                                "aggregation": {"alignmentPeriod": "60s", "perSeriesAligner": aligner},
                            }
                        }
                    }
                ]
            },
        }
        for title, (filter_, aligner) in (_GRAPHS | record.graphs).items()
    ]
    return json.dumps({"displayName": "ContextFS", "gridLayout": {"columns": "2", "widgets": widgets}})
