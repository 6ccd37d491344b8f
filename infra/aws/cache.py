"""ElastiCache: counters and fan-out, nothing that could not be lost."""

import pulumi
import pulumi_aws as aws

from infra.aws.keys import Keys
from infra.aws.network import RegionNetwork
from infra.kit.component import Component
from infra.kit.credentials import Credentials
from infra.planned import Plan, Region

_NODES = {"small": "cache.t4g.small", "medium": "cache.t4g.medium", "large": "cache.r7g.large"}


class Cache(Component):
    """Owns a region's Valkey: two zones, a password, encrypted on the way. It keeps no truth, so it has no backup."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        network: RegionNetwork,
        keys: Keys,
        credentials: Credentials,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"cache-{region.short}", parent)
        subnets = aws.elasticache.SubnetGroup(
            f"cache-{region.short}",
            name=plan.name("cache", region),
            subnet_ids=network.subnet_ids,
            opts=self.inside(),
        )
        copies = 2 if plan.config.production else 1
        password = credentials.passwords["cache"]
        group = aws.elasticache.ReplicationGroup(
            f"cache-{region.short}",
            replication_group_id=plan.name("cache", region),
            description="ContextFS counters and fan-out",
            engine="valkey",
            engine_version="8.0",
            node_type=_NODES[plan.config.size],
            num_cache_clusters=copies,
            automatic_failover_enabled=copies > 1,
            multi_az_enabled=copies > 1,
            at_rest_encryption_enabled=True,
            kms_key_id=keys.key,
            transit_encryption_enabled=True,
            auth_token=password,
            subnet_group_name=subnets.name,
            security_group_ids=[network.stores.id],
            opts=self.inside(),
        )
        self.url = pulumi.Output.concat("rediss://:", password, "@", group.primary_endpoint_address, ":6379")
