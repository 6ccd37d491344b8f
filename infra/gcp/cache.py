"""Memorystore for Redis: counters and fan-out, nothing that could not be lost."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.keys import Keys
from infra.gcp.network import RegionNetwork
from infra.kit.component import Component
from infra.planned import Plan, Region


class Cache(Component):
    """Owns a region's Redis: two zones, a password, encrypted on the way. It keeps no truth, so it has no backup."""

    def __init__(self, plan: Plan, region: Region, network: RegionNetwork, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__(f"cache-{region.short}", parent)
        redis = gcp.redis.Instance(
            f"redis-{region.short}",
            name=plan.name("redis", region),
            region=region.name,
            tier="STANDARD_HA" if plan.config.production else "BASIC",
            memory_size_gb=plan.config.sizing.cache_gib,
            redis_version="REDIS_7_2",
            connect_mode="PRIVATE_SERVICE_ACCESS",
            authorized_network=network.vpc.id,
            customer_managed_key=keys.key,
            auth_enabled=True,
            transit_encryption_mode="SERVER_AUTHENTICATION",
            deletion_protection=plan.config.production,
            opts=self.inside(after=[network.peering, *keys.usable]),
        )
        password = pulumi.Output.secret(redis.auth_string)
        self.url = pulumi.Output.concat("rediss://:", password, "@", redis.host, ":", redis.port.apply(str))
