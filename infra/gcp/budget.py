"""A budget that tells before the month is over."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.apis import Apis
from infra.kit.component import Component
from infra.planned import Plan


class Budget(Component):
    """Owns the budget of the project and when people hear of it. It stops nothing: a bill is better than lost data."""

    def __init__(self, plan: Plan, apis: Apis, parent: pulumi.Resource) -> None:
        super().__init__("budget", parent)
        config = plan.config
        gcp.billing.Budget(
            "month",
            billing_account=config.billing_account or "",
            display_name=f"ContextFS {config.name}",
            # By the number: one that is named by its id comes back with the number, and would be changed at each roll.
            budget_filter={"projects": [pulumi.Output.concat("projects/", apis.number(config.account))]},
            amount={"specified_amount": {"currency_code": "USD", "units": str(config.budget)}},
            threshold_rules=[
                {"threshold_percent": 0.5},
                {"threshold_percent": 0.9},
                {"threshold_percent": 1.0, "spend_basis": "FORECASTED_SPEND"},
            ],
            opts=self.inside(),
        )
