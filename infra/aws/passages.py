"""A cluster of its own for search passages, where they are kept apart from the record."""

from typing import Self

import pulumi

from infra.aws.cluster import Cluster
from infra.aws.keys import Keys
from infra.aws.network import RegionNetwork
from infra.kit.component import Component
from infra.kit.credentials import Credentials
from infra.planned import Plan, Region


class Passages(Component):
    """Owns a region's second cluster, or its copy elsewhere. Passages can be made again from the record."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        network: RegionNetwork,
        keys: Keys,
        credentials: Credentials,
        primary: Self | None,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"passages-of-{region.short}", parent)
        above = primary.cluster if primary else None
        self.cluster = Cluster("passages", plan, region, network, keys, credentials, above, self)
        self.host = self.cluster.host
