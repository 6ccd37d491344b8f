"""Secret Manager: what workloads read when they start."""

from collections.abc import Mapping

import pulumi
import pulumi_gcp as gcp

from infra.gcp.keys import Keys
from infra.kit.component import Component
from infra.planned import Plan, Region


class Vault(Component):
    """Owns a region's secrets, which never leave it, and their versions. Who reads which is said by accounts."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        keys: Keys,
        texts: Mapping[str, pulumi.Output[str]],
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"vault-{region.short}", parent)
        self.secrets: dict[str, gcp.secretmanager.Secret] = {}
        self.versions: list[pulumi.Resource] = []
        self.numbers: dict[str, pulumi.Output[str]] = {}
        """The number of each secret's version: what reads it is rolled when that changes."""
        for name, text in texts.items():
            secret = gcp.secretmanager.Secret(
                f"{name}-{region.short}",
                secret_id=plan.name(name, region),
                replication={
                    "user_managed": {
                        "replicas": [
                            {"location": region.name, "customer_managed_encryption": {"kms_key_name": keys.key}}
                        ]
                    }
                },
                opts=self.inside(after=keys.usable),
            )
            version = gcp.secretmanager.SecretVersion(
                f"{name}-{region.short}", secret=secret.id, secret_data=text, opts=self.inside()
            )
            self.secrets[name] = secret
            self.versions.append(version)
            self.numbers[name] = version.version
