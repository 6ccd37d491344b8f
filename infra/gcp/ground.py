"""What a workload of a region stands on: handed to whatever runs something."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.gcp.accounts import Accounts
from infra.gcp.database import Database
from infra.gcp.network import RegionNetwork
from infra.gcp.vault import Vault
from infra.planned import Plan, Region, Workload

MEMORY = {"small": "512Mi", "medium": "1Gi", "large": "2Gi"}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A region's parts that every workload needs. `ready` is what must be there before anything of them runs."""

    plan: Plan
    region: Region
    network: RegionNetwork
    vault: Vault
    database: Database | None
    """Where accounts log in by tokens, if they can."""
    accounts: Accounts
    image: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()

    def before(self, workload: Workload) -> list[pulumi.Resource]:
        """What a workload's first start needs: its grants, the secrets' versions, and what is ready before it."""
        return [*self.accounts.grants[workload.name], *self.vault.versions, *self.ready]

    def secrets(self, workload: Workload) -> list[tuple[str, pulumi.Output[str], pulumi.Output[str]]]:
        """The variables of a workload's secrets, each with its secret's id and the number of its version."""
        vault, found = self.vault, self.plan.secret_variables(workload)
        return [(variable, vault.secrets[name].secret_id, vault.numbers[name]) for variable, name in found.items()]
