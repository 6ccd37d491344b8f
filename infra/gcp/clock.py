"""Cloud Scheduler: what runs by the clock."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.accounts import Accounts
from infra.kit.component import Component
from infra.planned import Cron, Plan, Region


class Clock(Component):
    """Owns one schedule. A standby's is paused. It calls a function as the clock's account, or starts a job as it."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        cron: Cron,
        accounts: Accounts,
        parent: pulumi.Resource,
        *,
        endpoint: pulumi.Output[str] | None = None,
        job: gcp.cloudrunv2.Job | None = None,
    ) -> None:
        super().__init__(f"clock-{cron.workload}-{region.short}", parent)
        called_as = accounts.email("clock")
        target = _start(job, called_as) if job is not None else _call(endpoint, called_as)
        after = [self._may_run(region, cron, job, accounts)] if job is not None else []
        gcp.cloudscheduler.Job(
            f"{cron.workload}-{region.short}",
            name=plan.name(cron.workload, region),
            region=region.name,
            schedule=cron.unix,
            time_zone="Etc/UTC",
            paused=region.role == "standby",
            attempt_deadline="320s",
            retry_config={"retry_count": 2, "min_backoff_duration": "5s"},
            http_target=target,
            opts=self.inside(after=after),
        )

    def _may_run(self, region: Region, cron: Cron, job: gcp.cloudrunv2.Job, accounts: Accounts) -> pulumi.Resource:
        return gcp.cloudrunv2.JobIamMember(
            f"clock-runs-{cron.workload}-{region.short}",
            name=job.name,
            location=region.name,
            role="roles/run.invoker",
            member=accounts.member("clock"),
            opts=self.inside(),
        )


def _start(job: gcp.cloudrunv2.Job, account: pulumi.Output[str]) -> gcp.cloudscheduler.JobHttpTargetArgsDict:
    return {
        "uri": pulumi.Output.concat("https://run.googleapis.com/v2/", job.id, ":run"),
        "http_method": "POST",
        "oauth_token": {"service_account_email": account},
    }


def _call(endpoint: pulumi.Output[str] | None, account: pulumi.Output[str]) -> gcp.cloudscheduler.JobHttpTargetArgsDict:
    if endpoint is None:
        raise AssertionError("a schedule calls something")
    return {
        "uri": endpoint,
        "http_method": "POST",
        "oidc_token": {"service_account_email": account, "audience": endpoint},
    }
