"""The private network: one for the installation, a subnetwork in each region."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_gcp as gcp

from infra.kit.component import Component
from infra.planned import Plan, Region

_STORES = ("5432", "6378", "6379")
"""Where Cloud SQL or AlloyDB, and Memorystore, listen, with TLS or without."""


class Network(Component):
    """Owns the VPC, what it lets out, and the peering that gives databases and caches private addresses.

    Whatever has such an address must be made after `peering`: no input of theirs names it. It opens nothing to the
    internet: what comes in, comes by the edge.
    """

    def __init__(self, plan: Plan, parent: pulumi.Resource) -> None:
        super().__init__("network", parent)
        name = plan.config.name
        self.vpc = gcp.compute.Network(
            "vpc",
            name=name,
            auto_create_subnetworks=False,
            routing_mode="GLOBAL",
            opts=self.inside(),
        )
        self._outward(plan)
        services = gcp.compute.GlobalAddress(
            "services",
            name=f"{name}-services",
            purpose="VPC_PEERING",
            address_type="INTERNAL",
            # Left to Google, it may take one of those that the subnetworks have.
            address="10.32.0.0",
            prefix_length=16,
            network=self.vpc.id,
            # Whatever has a private address stands in it: one that Google chose, or that was said otherwise, stays.
            opts=self.inside(stays=["address"]),
        )
        self.peering = gcp.servicenetworking.Connection(
            "peering",
            network=self.vpc.id,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=[services.name],
            deletion_policy="ABANDON",
            opts=self.inside(),
        )

    def _outward(self, plan: Plan) -> None:
        """Let programs out to the stores, and to the ports of the config; Google's names and metadata are always open.

        The stores' own range is inside of 10.0.0.0/8, wherever in it Google put one that was there before.
        """

        def rule(
            name: str, priority: int, destinations: str, after: Sequence[pulumi.Resource] = (), **what: Any
        ) -> gcp.compute.Firewall:
            return gcp.compute.Firewall(
                name,
                name=f"{plan.config.name}-{name}",
                network=self.vpc.id,
                direction="EGRESS",
                priority=priority,
                destination_ranges=[destinations],
                opts=self.inside(after=after),
                **what,
            )

        ports = [str(port) for port in plan.config.egress_ports]
        out = rule("out", 1000, "0.0.0.0/0", allows=[{"protocol": "tcp", "ports": ports}])
        to_stores = rule("to-stores", 1000, "10.0.0.0/8", allows=[{"protocol": "tcp", "ports": list(_STORES)}])
        logged = {"metadata": "EXCLUDE_ALL_METADATA"}
        # Programs run already where this comes to a stack that is there: nothing is denied before the rest is allowed.
        allowed = [out, to_stores]
        rule("nothing-else-out", 65534, "0.0.0.0/0", allowed, denies=[{"protocol": "all"}], log_config=logged)


class RegionNetwork(Component):
    """Owns a region's subnetwork and its way out, whose address customers may allow. It lets nothing in."""

    def __init__(self, plan: Plan, region: Region, network: Network, parent: pulumi.Resource) -> None:
        super().__init__(f"network-{region.short}", parent)
        self.vpc = network.vpc
        self.peering = network.peering
        self.subnetwork = gcp.compute.Subnetwork(
            f"subnetwork-{region.short}",
            name=plan.name("private", region),
            region=region.name,
            network=network.vpc.id,
            ip_cidr_range=f"10.{64 + region.index}.0.0/20",
            private_ip_google_access=True,
            log_config={"aggregation_interval": "INTERVAL_10_MIN", "flow_sampling": 0.1},
            opts=self.inside(),
        )
        router = gcp.compute.Router(
            f"router-{region.short}",
            name=plan.name("router", region),
            region=region.name,
            network=network.vpc.id,
            opts=self.inside(),
        )
        self.address = gcp.compute.Address(
            f"egress-{region.short}", name=plan.name("egress", region), region=region.name, opts=self.inside()
        )
        gcp.compute.RouterNat(
            f"nat-{region.short}",
            name=plan.name("nat", region),
            region=region.name,
            router=router.name,
            nat_ip_allocate_option="MANUAL_ONLY",
            nat_ips=[self.address.self_link],
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
            log_config={"enable": True, "filter": "ERRORS_ONLY"},
            opts=self.inside(),
        )
