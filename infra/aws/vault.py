"""Secrets Manager: what workloads read when they start."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from infra.aws.keys import Keys
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
        self.secrets: dict[str, aws.secretsmanager.Secret] = {}
        self.versions: list[pulumi.Resource] = []
        self.numbers: dict[str, pulumi.Output[str]] = {}
        """The id of each secret's version: what reads it is rolled when that changes."""
        for name, text in texts.items():
            secret = aws.secretsmanager.Secret(
                f"{name}-{region.short}",
                name=plan.name(name, region),
                kms_key_id=keys.key,
                recovery_window_in_days=30 if plan.config.production else 0,
                opts=self.inside(),
            )
            version = aws.secretsmanager.SecretVersion(
                f"{name}-{region.short}", secret_id=secret.id, secret_string=text, opts=self.inside()
            )
            self.secrets[name] = secret
            self.versions.append(version)
            self.numbers[name] = version.version_id
