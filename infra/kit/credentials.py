"""Secrets that are made, not given: nobody has to know them."""

from collections.abc import Sequence

import pulumi
from pulumi_random import RandomPassword

from infra.kit.component import Component
from infra.planned import BORDER, Plan, Region, several

ROLES = {
    "database-url": "contextfs_app",
    "relay-database-url": "contextfs_relay",
    "sql-database-url": "contextfs_sql",
    "migration-database-url": "migrator",
}
"""Which role of the database each address is for."""


LASTING = ("redaction-key", "founding-secret")
FIRST = "1"
"""The name of the pepper that an installation begins with."""


class Credentials(Component):
    """Owns the passwords of the database's roles, the pepper, the redaction key and what a body of data begins with.

    They are in Pulumi's state, encrypted. A standby has those of the region that it copies.
    """

    def __init__(
        self,
        region: Region,
        parent: pulumi.Resource,
        *,
        production: bool,
        peppers: Sequence[str] = (FIRST,),
        others: Sequence[str] = (),
    ) -> None:
        super().__init__(f"credentials-{region.short}", parent)

        def made(name: str, *, protect: bool = False) -> pulumi.Output[str]:
            return RandomPassword(
                f"{name}-{region.short}", length=48, special=False, opts=self.inside(protect=protect)
            ).result

        self.passwords = {role: made(role.replace("_", "-")) for role in (*ROLES.values(), *others)}
        # Without the pepper no API key opens anything, without the redaction key equal secrets lose their marks, and
        # the first key follows from the founding secret.
        self.texts = {name: made(name, protect=production) for name in LASTING}
        # Several peppers are one text, a line for each: so all programs learn of a change at once, by one version.
        named = ("key-pepper" if one == FIRST else f"key-pepper-{one}" for one in peppers)
        texts = [made(name, protect=production) for name in named]
        self.texts["key-pepper"] = texts[0] if len(texts) == 1 else pulumi.Output.concat(*_lines(texts))

    def url(self, role: str, host: pulumi.Output[str]) -> pulumi.Output[str]:
        """Give the address of the database for a role, encrypted on the way."""
        return pulumi.Output.concat(
            "postgresql://", role, ":", self.passwords[role], "@", host, ":5432/contextfs?sslmode=require"
        )


def _lines(texts: Sequence[pulumi.Output[str]]) -> Sequence[pulumi.Output[str] | str]:
    return [part for text in texts for part in (text, "\n")][:-1]


class Common(Component):
    """Owns what all regions of an installation share: the secret by which they know each other, where each has data."""

    def __init__(self, plan: Plan, parent: pulumi.Resource) -> None:
        super().__init__("common", parent)
        self.texts: dict[str, pulumi.Output[str]] = {}
        if several(plan.config):
            made = RandomPassword(BORDER, length=48, special=False, opts=self.inside())
            self.texts[BORDER] = made.result
