"""Cloud SQL for Postgres 15: the system of record."""

from typing import Self

import pulumi
import pulumi_gcp as gcp

from infra.gcp.keys import Keys
from infra.gcp.network import RegionNetwork
from infra.kit.component import Component
from infra.kit.credentials import Credentials
from infra.planned import Plan, Region


class Database(Component):
    """Owns a region's Postgres: two zones, point-in-time recovery, a private address only; or its copy elsewhere.

    It does not own the schema, the extension `vector` and the roles: migrations do. Promoting a copy is a person's act.
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
        config = plan.config
        self.instance = gcp.sql.DatabaseInstance(
            f"postgres-{region.short}",
            name=plan.name("postgres", region),
            region=region.name,
            database_version="POSTGRES_15",
            instance_type="READ_REPLICA_INSTANCE" if primary else "CLOUD_SQL_INSTANCE",
            master_instance_name=primary.instance.name if primary else None,
            encryption_key_name=keys.key,
            deletion_protection=config.production,
            settings=_settings(plan, region, network, replica=primary is not None),
            opts=self.inside(after=[network.peering, *keys.usable], protect=config.production),
        )
        self.host = self.instance.private_ip_address
        if primary is None:
            self._content(region, credentials)

    def _content(self, region: Region, credentials: Credentials) -> None:
        gcp.sql.Database(
            f"contextfs-{region.short}",
            name="contextfs",
            instance=self.instance.name,
            charset="UTF8",
            deletion_policy="ABANDON",
            opts=self.inside(),
        )
        gcp.sql.User(
            f"migrator-{region.short}",
            name="migrator",
            instance=self.instance.name,
            password=credentials.passwords["migrator"],
            deletion_policy="ABANDON",
            opts=self.inside(),
        )


def _settings(
    plan: Plan, region: Region, network: RegionNetwork, *, replica: bool
) -> gcp.sql.DatabaseInstanceSettingsArgsDict:
    config, sizing = plan.config, plan.config.sizing
    settings: gcp.sql.DatabaseInstanceSettingsArgsDict = {
        "tier": f"db-custom-{sizing.database_cpus}-{sizing.database_gib * 1024}",
        "edition": "ENTERPRISE",
        "availability_type": "REGIONAL" if config.production else "ZONAL",
        "deletion_protection_enabled": config.production,
        "disk_type": "PD_SSD",
        "disk_autoresize": True,
        "ip_configuration": {
            "ipv4_enabled": False,
            "private_network": network.vpc.id,
            "ssl_mode": "ENCRYPTED_ONLY",
        },
        "database_flags": [
            {"name": "log_min_duration_statement", "value": "1000"},
            {"name": "idle_in_transaction_session_timeout", "value": "60000"},
            {"name": "max_connections", "value": str(100 * sizing.database_cpus)},
        ],
        "insights_config": {"query_insights_enabled": True, "record_application_tags": True},
    }
    if not replica:  # a copy is kept up in the window of what it copies, and has no backup of its own
        settings["maintenance_window"] = {"day": 7, "hour": 4, "update_track": "stable"}
        settings["backup_configuration"] = {
            "enabled": True,
            "location": region.name,
            "start_time": "03:00",
            "point_in_time_recovery_enabled": True,
            "transaction_log_retention_days": 7,
            "backup_retention_settings": {"retained_backups": 30, "retention_unit": "COUNT"},
        }
    return settings
