"""AlloyDB: a cluster of its own for search passages, where they are kept apart from the record."""

from typing import Self

import pulumi
import pulumi_gcp as gcp

from infra.gcp.keys import Keys
from infra.gcp.network import RegionNetwork
from infra.kit.component import Component
from infra.kit.credentials import Credentials
from infra.planned import Plan, Region


class Passages(Component):
    """Owns a region's AlloyDB cluster, or its secondary elsewhere. Passages can be made again from the record."""

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
        super().__init__(f"passages-{region.short}", parent)
        config = plan.config
        self.cluster = gcp.alloydb.Cluster(
            f"passages-{region.short}",
            cluster_id=plan.name("passages", region),
            location=region.name,
            database_version="POSTGRES_15",
            cluster_type="SECONDARY" if primary else "PRIMARY",
            secondary_config={"primary_cluster_name": primary.cluster.name} if primary else None,
            network_config={"network": network.vpc.id},
            encryption_config={"kms_key_name": keys.key},
            initial_user=None if primary else {"user": "migrator", "password": credentials.passwords["migrator"]},
            continuous_backup_config=_backup(keys) if primary is None else {"enabled": False},
            deletion_protection=config.production,
            deletion_policy="FORCE" if primary else "DEFAULT",
            # A secondary follows an instance, and no input of it names that one.
            opts=self.inside(
                after=[network.peering, *keys.usable, *([primary.instance] if primary else ())],
                protect=config.production,
            ),
        )
        self.instance = self._instance(plan, region, network, standby=primary is not None)
        self.host = self.instance.ip_address

    def _instance(self, plan: Plan, region: Region, network: RegionNetwork, *, standby: bool) -> gcp.alloydb.Instance:
        return gcp.alloydb.Instance(
            f"passages-{region.short}",
            cluster=self.cluster.name,
            instance_id=plan.name("passages", region),
            instance_type="SECONDARY" if standby else "PRIMARY",
            availability_type="REGIONAL" if plan.config.production else "ZONAL",
            machine_config={"cpu_count": plan.config.sizing.database_cpus},
            client_connection_config={"ssl_config": {"ssl_mode": "ENCRYPTED_ONLY"}},
            opts=self.inside(after=[network.peering]),
        )


def _backup(keys: Keys) -> gcp.alloydb.ClusterContinuousBackupConfigArgsDict:
    """Say how far back one can go. A secondary has none: it is its primary's past that is kept."""
    return {"enabled": True, "recovery_window_days": 7, "encryption_config": {"kms_key_name": keys.key}}
