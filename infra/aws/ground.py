"""What a workload of a region stands on: handed to whatever runs something."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.aws.accounts import Accounts
from infra.aws.database import Database
from infra.aws.keys import Keys
from infra.aws.logs import Logs
from infra.aws.network import RegionNetwork
from infra.aws.people import People
from infra.aws.vault import Vault
from infra.planned import Plan, Region, Workload

MEMORY = {"small": 512, "medium": 1024, "large": 2048}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A region's parts that every workload needs. `ready` is what must be there before anything of them runs."""

    plan: Plan
    region: Region
    network: RegionNetwork
    vault: Vault
    database: Database
    accounts: Accounts
    logs: Logs
    keys: Keys
    people: People
    image: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()

    def before(self, workload: Workload) -> list[pulumi.Resource]:
        """What a workload's first start needs: its grants, the secrets' versions, and what is ready before it."""
        return [*self.accounts.grants[workload.name], *self.vault.versions, *self.ready]
