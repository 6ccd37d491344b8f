"""The key that encrypts a region's stores."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.apis import Apis
from infra.kit.component import Component
from infra.planned import Plan, Region

_NINETY_DAYS = "7776000s"


class Keys(Component):
    """Owns a region's key, or knows the customer's own (BYOK), and lets Google's agents use it.

    A store is made after `usable`: its agent must be let in first. A customer who withdraws a key closes the stores.
    """

    def __init__(self, plan: Plan, region: Region, apis: Apis, parent: pulumi.Resource) -> None:
        super().__init__(f"keys-{region.short}", parent)
        own = plan.config.encryption_keys.get(region.name)
        self.key: pulumi.Input[str] = own or self._make(plan, region)
        self.usable = [
            gcp.kms.CryptoKeyIAMMember(
                f"{agent}-encrypts-{region.short}",
                crypto_key_id=self.key,
                role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
                member=pulumi.Output.concat("serviceAccount:", email),
                opts=self.inside(),
            )
            for agent, email in apis.agents.items()
        ]

    def _make(self, plan: Plan, region: Region) -> pulumi.Output[str]:
        ring = gcp.kms.KeyRing(
            f"ring-{region.short}",
            name=plan.name("stores", region),
            location=region.name,
            opts=self.inside(),
        )
        key = gcp.kms.CryptoKey(
            f"key-{region.short}",
            name="stores",
            key_ring=ring.id,
            rotation_period=_NINETY_DAYS,
            opts=self.inside(protect=plan.config.production),
        )
        return key.id
