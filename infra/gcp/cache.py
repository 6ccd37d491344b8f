"""Memorystore for Redis: counters and fan-out, nothing that could not be lost."""

from collections.abc import Sequence
from urllib.parse import quote

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
        authorities = redis.server_ca_certs.apply(lambda told: [one.cert for one in told if one.cert])
        self.url = pulumi.Output.all(password, redis.host, redis.port, authorities).apply(lambda told: address(*told))


def address(password: str, host: str, port: int, authorities: Sequence[str]) -> str:
    """Write the address of an instance, with the authorities that vouch for it alone: no public one does.

    Its certificate names no host that a client could compare, and no other instance has one of these authorities.
    """
    known = quote("\n".join(authorities), safe="")
    return f"rediss://:{password}@{host}:{port}/0?ssl_check_hostname=false&ssl_ca_data={known}"
