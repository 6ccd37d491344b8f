"""Bring your own cloud: who may roll new versions in a customer's project, and how little else."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.gcp.region import Region
from infra.kit.component import Component
from infra.planned import Plan

PERMISSIONS = (
    "artifactregistry.repositories.uploadArtifacts",
    "artifactregistry.repositories.downloadArtifacts",
    "cloudfunctions.functions.get",
    "cloudfunctions.functions.sourceCodeSet",
    "cloudfunctions.functions.update",
    "cloudfunctions.operations.get",
    "run.executions.get",
    "run.jobs.get",
    "run.jobs.run",
    "run.jobs.update",
    "run.operations.get",
    "run.services.get",
    "run.services.update",
    "run.workerpools.get",
    "run.workerpools.update",
)
"""What rolling a version needs. It reads no secret, no data and no log, and gives nobody a right.

What it rolls runs as the accounts of the installation, so the code that it brings may what they may.
"""


class Updater(Component):
    """Owns the updater's role and its one grant. The customer takes it away by one command, and everything runs on."""

    def __init__(self, plan: Plan, member: str, regions: Sequence[Region], parent: pulumi.Resource) -> None:
        super().__init__("updater", parent)
        role = gcp.projects.IAMCustomRole(
            "updater",
            role_id=f"{plan.config.name}Updater",
            title="Rolls new versions of ContextFS",
            permissions=list(PERMISSIONS),
            opts=self.inside(),
        )
        gcp.projects.IAMMember(
            "updater", project=plan.config.account, role=role.name, member=member, opts=self.inside()
        )
        for region in regions:
            for name, account in region.runs_as().items():
                gcp.serviceaccount.IAMMember(
                    f"updater-rolls-{name}-{region.place.short}",
                    service_account_id=account.name,
                    role="roles/iam.serviceAccountUser",
                    member=member,
                    opts=self.inside(),
                )
