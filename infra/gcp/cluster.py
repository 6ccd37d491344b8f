"""AlloyDB for PostgreSQL 15: the system of record where the stack's file says so, in the place of Cloud SQL."""

from typing import Self

import pulumi
import pulumi_gcp as gcp

from infra.gcp.keys import Keys
from infra.gcp.network import RegionNetwork
from infra.kit.component import Component
from infra.kit.credentials import Credentials
from infra.planned import Plan, Region

_LEAST_CONNECTIONS = 1000
"""What an instance of any size takes."""


class Cluster(Component):
    """Owns one cluster: two zones, point-in-time recovery, a private address only; or its secondary in another region.

    It does not own the database in it, for which Google's API has no resource, nor the schema, the extension `vector`
    and the roles: migrations do. Promoting a secondary is a person's act.
    """

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
        super().__init__(f"database-{region.short}", parent)
        self._plan, self._region, self._network, self._keys = plan, region, network, keys
        self.cluster = self._cluster(primary)
        self.instance = self._instance("SECONDARY" if primary else "PRIMARY")
        self.host = self.instance.ip_address
        if primary is None:
            self._owner(credentials)

    def _cluster(self, primary: Self | None) -> gcp.alloydb.Cluster:
        plan, region, keys = self._plan, self._region, self._keys
        production = plan.config.production
        return gcp.alloydb.Cluster(
            f"postgres-{region.short}",
            cluster_id=plan.name("postgres", region),
            location=region.name,
            database_version="POSTGRES_15",
            cluster_type="SECONDARY" if primary else "PRIMARY",
            secondary_config={"primary_cluster_name": primary.cluster.name} if primary else None,
            network_config={"network": self._network.vpc.id},
            encryption_config={"kms_key_name": keys.key},
            continuous_backup_config={"enabled": False} if primary else _past(keys),
            # Google copies no policy of a primary that has a key: without one of its own a secondary is refused.
            automated_backup_policy=_backups(region, keys),
            maintenance_update_policy=None if primary else _SUNDAYS,
            deletion_protection=production,
            deletion_policy="FORCE" if primary else "DEFAULT",
            # A secondary follows an instance, and no input of it names that one.
            opts=self.inside(
                after=[self._network.peering, *keys.usable, *([primary.instance] if primary else ())],
                protect=production,
            ),
        )

    def _instance(self, kind: str) -> gcp.alloydb.Instance:
        plan, region = self._plan, self._region
        cpus = plan.config.sizing.database_cpus
        return gcp.alloydb.Instance(
            f"postgres-{region.short}",
            cluster=self.cluster.name,
            instance_id=plan.name("postgres", region),
            instance_type=kind,
            availability_type="REGIONAL" if plan.config.production else "ZONAL",
            machine_config={"cpu_count": cpus},
            client_connection_config={"ssl_config": {"ssl_mode": "ENCRYPTED_ONLY"}},
            database_flags={
                "log_min_duration_statement": "1000",
                "idle_in_transaction_session_timeout": "60000",
                "max_connections": str(max(_LEAST_CONNECTIONS, 100 * cpus)),
            },
            # What an instance is follows from its cluster: a promotion changes it, and nothing else can.
            opts=self.inside(after=[self._network.peering], protect=plan.config.production, stays=["instanceType"]),
        )

    def _owner(self, credentials: Credentials) -> None:
        """Make who migrates, as a member of who may do most. The user `postgres` gets no password.

        To make databases and roles are attributes, which no membership hands on: that Google gives them is untried.
        """
        gcp.alloydb.User(
            f"migrator-{self._region.short}",
            cluster=self.cluster.name,
            user_id="migrator",
            user_type="ALLOYDB_BUILT_IN",
            password=credentials.passwords["migrator"],
            database_roles=["alloydbsuperuser"],
            deletion_policy="ABANDON",
            opts=self.inside(after=[self.instance]),  # users are of a cluster that has an instance
        )


_SUNDAYS: gcp.alloydb.ClusterMaintenanceUpdatePolicyArgsDict = {
    "maintenance_windows": [{"day": "SUNDAY", "start_time": {"hours": 4}}]
}
_DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]


def _past(keys: Keys) -> gcp.alloydb.ClusterContinuousBackupConfigArgsDict:
    """Say how far back one can go to any moment. A secondary says that it has none: its primary's past is kept."""
    return {"enabled": True, "recovery_window_days": 7, "encryption_config": {"kms_key_name": keys.key}}


def _backups(region: Region, keys: Keys) -> gcp.alloydb.ClusterAutomatedBackupPolicyArgsDict:
    """Keep a backup of each of thirty days, in the region."""
    return {
        "enabled": True,
        "location": region.name,
        "backup_window": "3600s",
        "weekly_schedule": {"days_of_weeks": _DAYS, "start_times": [{"hours": 3}]},
        "quantity_based_retention": {"count": 30},
        "encryption_config": {"kms_key_name": keys.key},
    }
