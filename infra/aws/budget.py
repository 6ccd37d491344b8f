"""A budget that tells before the month is over."""

import pulumi
import pulumi_aws as aws

from infra.kit.component import Component
from infra.planned import Plan


class Budget(Component):
    """Owns the account's budget and when people hear of it. It stops nothing: a bill is better than lost data."""

    def __init__(self, plan: Plan, parent: pulumi.Resource) -> None:
        super().__init__("budget", parent)
        config = plan.config
        aws.budgets.Budget(
            "month",
            name=f"contextfs-{config.name}",
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(config.budget),
            limit_unit="USD",
            notifications=[
                {
                    "comparison_operator": "GREATER_THAN",
                    "threshold": threshold,
                    "threshold_type": "PERCENTAGE",
                    "notification_type": kind,
                    "subscriber_email_addresses": [config.alerts],
                }
                for threshold, kind in ((50, "ACTUAL"), (90, "ACTUAL"), (100, "FORECASTED"))
            ],
            opts=self.inside(),
        )
