"""Aurora Serverless v2 for Postgres: what the record is kept in."""

from typing import Self

import pulumi
import pulumi_aws as aws

from infra.aws.cluster_log import ClusterLog
from infra.aws.keys import Keys
from infra.aws.network import RegionNetwork
from infra.kit.component import Component
from infra.kit.credentials import Credentials
from infra.planned import Plan, Region

ENGINE = aws.rds.EngineType.AURORA_POSTGRESQL
VERSION = "16.8"
"""The newest of the versions that have pgvector 0.8 in every region."""
_FAMILY = "aurora-postgresql16"


class Cluster(Component):
    """Owns one cluster: two zones, point-in-time recovery, private addresses only; or its copy in another region.

    It does not own the schema, the extension `vector` and the roles: migrations do. Promoting a copy is a person's act.
    """

    def __init__(
        self,
        name: str,
        plan: Plan,
        region: Region,
        network: RegionNetwork,
        keys: Keys,
        credentials: Credentials,
        primary: Self | None,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"{name}-{region.short}", parent)
        self._name, self._plan, self._region, self._keys = name, plan, region, keys
        self.whole = primary.whole if primary else self._whole()
        self.cluster = self._cluster(network, credentials, primary)
        ClusterLog(name, plan, region, keys, self._instances(), self)
        self.host = self.cluster.endpoint

    def _cluster(self, network: RegionNetwork, credentials: Credentials, primary: Self | None) -> aws.rds.Cluster:
        return aws.rds.Cluster(
            f"{self._name}-{self._region.short}",
            cluster_identifier=self._plan.name(self._name, self._region),
            engine=ENGINE,
            engine_version=VERSION,
            engine_mode="provisioned",
            database_name=None if primary else "contextfs",
            master_username=None if primary else "migrator",
            master_password=None if primary else credentials.passwords["migrator"],
            global_cluster_identifier=self.whole.id if self.whole else None,
            db_subnet_group_name=self._subnets(network).name,
            db_cluster_parameter_group_name=self._parameters().name,
            vpc_security_group_ids=[network.stores.id],
            storage_encrypted=True,
            kms_key_id=self._keys.key,
            backup_retention_period=14,
            copy_tags_to_snapshot=True,
            deletion_protection=self._plan.config.production,
            skip_final_snapshot=not self._plan.config.production,
            final_snapshot_identifier=self._plan.name(f"{self._name}-final", self._region)
            if self._plan.config.production
            else None,
            enabled_cloudwatch_logs_exports=["postgresql"],
            serverlessv2_scaling_configuration={
                "min_capacity": 0.5 if self._plan.config.size == "small" else 2,
                "max_capacity": self._plan.config.sizing.database_gib / 2,
            },
            opts=self.inside(after=[primary] if primary else (), protect=self._plan.config.production),
        )

    def _whole(self) -> aws.rds.GlobalCluster | None:
        """The one database that a primary and its copies are."""
        if self._plan.config.tier != "active-passive":
            return None
        return aws.rds.GlobalCluster(
            f"{self._name}-whole",
            global_cluster_identifier=f"{self._plan.config.name}-{self._name}",
            engine=ENGINE,
            engine_version=VERSION,
            storage_encrypted=True,
            deletion_protection=self._plan.config.production,
            opts=self.inside(),
        )

    def _subnets(self, network: RegionNetwork) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            f"{self._name}-{self._region.short}",
            name=self._plan.name(self._name, self._region),
            subnet_ids=network.subnet_ids,
            opts=self.inside(),
        )

    def _parameters(self) -> aws.rds.ClusterParameterGroup:
        return aws.rds.ClusterParameterGroup(
            f"{self._name}-{self._region.short}",
            name=self._plan.name(self._name, self._region),
            family=_FAMILY,
            parameters=[
                {"name": "rds.force_ssl", "value": "1"},
                {"name": "log_min_duration_statement", "value": "1000"},
                {"name": "idle_in_transaction_session_timeout", "value": "60000"},
            ],
            opts=self.inside(),
        )

    def _instances(self) -> list[pulumi.Resource]:
        return [
            aws.rds.ClusterInstance(
                f"{self._name}-{index}-{self._region.short}",
                identifier=self._plan.name(f"{self._name}-{index}", self._region),
                cluster_identifier=self.cluster.id,
                engine=ENGINE,
                engine_version=VERSION,
                instance_class="db.serverless",
                publicly_accessible=False,
                auto_minor_version_upgrade=False,  # a newer version is said here: the next `pulumi up` would go back
                performance_insights_enabled=True,
                performance_insights_kms_key_id=self._keys.key,
                opts=self.inside(),
            )
            for index in range(2 if self._plan.config.production else 1)
        ]
