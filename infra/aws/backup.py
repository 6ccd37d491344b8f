"""AWS Backup: copies of the stores that outlive them."""

import pulumi
import pulumi_aws as aws

from infra.aws.cluster import Cluster
from infra.aws.files import Files
from infra.aws.keys import Keys
from infra.aws.policy import trust
from infra.kit.component import Component
from infra.planned import Plan, Region

_POLICIES = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")
_S3 = ("AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore")


class Backup(Component):
    """Owns a region's vault: daily backups for 35 days, monthly ones for a year. Restoring is a person's act."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        keys: Keys,
        cluster: Cluster,
        files: Files,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"backup-{region.short}", parent)
        short = region.short
        vault = aws.backup.Vault(
            f"backups-{short}",
            name=plan.name("backups", region),
            kms_key_arn=keys.key,
            force_destroy=not plan.config.production,
            opts=self.inside(protect=plan.config.production),
        )
        made = aws.backup.Plan(
            f"backups-{short}",
            name=plan.name("backups", region),
            rules=[
                _rule("daily", "cron(0 3 * * ? *)", vault, 35),
                _rule("monthly", "cron(0 4 1 * ? *)", vault, 365),
            ],
            opts=self.inside(),
        )
        aws.backup.Selection(
            f"backups-{short}",
            name=plan.name("backups", region),
            plan_id=made.id,
            iam_role_arn=self._role(plan, region).arn,
            resources=[cluster.cluster.arn, files.files.arn],
            opts=self.inside(),
        )

    def _role(self, plan: Plan, region: Region) -> aws.iam.Role:
        short = region.short
        role = aws.iam.Role(
            f"backup-{short}",
            name=plan.name("backup", region),
            assume_role_policy=trust("backup.amazonaws.com"),
            opts=self.inside(),
        )
        for name, prefix in [*((name, "service-role/") for name in _POLICIES), *((name, "") for name in _S3)]:
            aws.iam.RolePolicyAttachment(
                f"{name}-{short}",
                role=role.name,
                policy_arn=f"arn:aws:iam::aws:policy/{prefix}{name}",
                opts=self.inside(),
            )
        return role


def _rule(name: str, schedule: str, vault: aws.backup.Vault, days: int) -> aws.backup.PlanRuleArgsDict:
    return {
        "rule_name": name,
        "target_vault_name": vault.name,
        "schedule": schedule,
        "lifecycle": {"delete_after": days},
    }
