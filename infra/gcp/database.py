"""Cloud SQL for Postgres 15: the system of record."""

from collections.abc import Sequence
from typing import Self
from urllib.parse import quote

import pulumi
import pulumi_gcp as gcp

from infra.gcp.keys import Keys
from infra.gcp.network import RegionNetwork
from infra.kit.component import Component
from infra.kit.credentials import Credentials
from infra.planned import Plan, Region

_BY_TOKENS: gcp.sql.DatabaseInstanceSettingsDatabaseFlagArgsDict = {
    "name": "cloudsql.iam_authentication",
    "value": "on",
}


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
        # The provider hides all of it; a certificate is for everybody, and a variable may hold it.
        self.authority = pulumi.Output.unsecret(self.instance.server_ca_certs).apply(vouching)
        """Who vouches for this instance: no public authority does, and no other instance has the same one."""
        if primary is None:
            self._content(region, credentials)

    def address(self, user: str) -> pulumi.Output[str]:
        """Give the address for who logs in by tokens: they go to a server alone that its authority vouches for."""
        return pulumi.Output.concat(
            f"postgresql://{quote(user, safe='')}@", self.host, ":5432/contextfs?sslmode=verify-ca"
        )

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


def vouching(authorities: Sequence[gcp.sql.outputs.DatabaseInstanceServerCaCert]) -> str:
    """Write the certificates of an instance's authorities, several while one replaces another; ValueError for none."""
    told = [one.cert for one in authorities if one.cert]
    if not told:
        raise ValueError("Cloud SQL told no authority of an instance. Run `pulumi refresh`, then `pulumi up`.")
    return "\n".join(told)


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
            *([_BY_TOKENS] if config.database_login == "iam" else ()),
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
