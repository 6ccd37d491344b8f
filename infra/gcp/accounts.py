"""One service account for each workload of a region, with exactly the plan's grants."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.database import Database
from infra.gcp.files import Files
from infra.gcp.vault import Vault
from infra.kit.component import Component
from infra.planned import HEADS, Plan, Region, Workload

CALLERS = ("push", "clock")
"""Accounts that run nothing: Pub/Sub and Scheduler call consumers as them."""
RANKS = "discoveryengine.rankingConfigs.rank"
"""All that who asks a reranker needs. The narrowest role of Google's that holds it reads all of Discovery Engine."""


class Accounts(Component):
    """Owns who is who in a region, and what each may read, publish, keep and ask. Who may call it, the called says."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        vault: Vault,
        database: Database | None,
        files: Files,
        topic: gcp.pubsub.Topic,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"accounts-{region.short}", parent)
        self._plan, self._region = plan, region
        self.accounts: dict[str, gcp.serviceaccount.Account] = {}
        self._ranking = self._ranker() if any(kind == "reranker" for kind in _asked(plan)) else None
        self.emails: dict[str, pulumi.Output[str]] = {}
        self.grants: dict[str, list[pulumi.Resource]] = {}
        self.users: list[pulumi.Resource] = []
        """The users of the database that accounts log in as: migrations let them be the API's role."""
        for workload in plan.workloads:
            member = self._account(workload.name)
            self.grants[workload.name] = [
                *self._secrets(workload, vault, member),
                *self._logins(workload, database, member),
                *self._topics(workload, topic, member),
                *self._files(workload, files, member),
                *self._models(workload, member),
            ]
        for name in CALLERS:
            self._account(name)

    def email(self, name: str) -> pulumi.Output[str]:
        """The account of a workload or caller."""
        return self.emails[name]

    def member(self, name: str) -> pulumi.Output[str]:
        """The same, as a member of a policy."""
        return pulumi.Output.concat("serviceAccount:", self.emails[name])

    def _account(self, name: str) -> pulumi.Output[str]:
        account = gcp.serviceaccount.Account(
            f"{name}-{self._region.short}",
            account_id=self._plan.name(name, self._region),
            display_name=f"ContextFS {name} in {self._region.name}",
            opts=self.inside(),
        )
        self.accounts[name] = account
        self.emails[name] = account.email
        return self.member(name)

    def _secrets(self, workload: Workload, vault: Vault, member: pulumi.Output[str]) -> list[pulumi.Resource]:
        return [
            gcp.secretmanager.SecretIamMember(
                f"{workload.name}-reads-{secret}-{self._region.short}",
                secret_id=vault.secrets[secret].id,
                role="roles/secretmanager.secretAccessor",
                member=member,
                opts=self.inside(),
            )
            for secret in self._plan.grants_of(workload.name, "read")
        ]

    def _logins(
        self, workload: Workload, database: Database | None, member: pulumi.Output[str]
    ) -> list[pulumi.Resource]:
        if database is None or not self._plan.grants_of(workload.name, "log in"):
            return []
        name = f"{workload.name}-{self._region.short}"
        user = gcp.sql.User(
            f"{name}-logs-in",
            name=self._plan.database_user(workload.name, self._region),
            type="CLOUD_IAM_SERVICE_ACCOUNT",
            instance=database.instance.name,
            opts=self.inside(after=[self.accounts[workload.name]]),
        )
        self.users.append(user)
        may = gcp.projects.IAMMember(
            f"{workload.name}-logs-in-{self._region.short}",
            project=self._plan.config.account,
            role="roles/cloudsql.instanceUser",
            member=member,
            opts=self.inside(),
        )
        return [user, may]

    def _topics(self, workload: Workload, topic: gcp.pubsub.Topic, member: pulumi.Output[str]) -> list[pulumi.Resource]:
        return [
            gcp.pubsub.TopicIAMMember(
                f"{workload.name}-publishes-{thing}-{self._region.short}",
                topic=topic.name,
                role="roles/pubsub.publisher",
                member=member,
                opts=self.inside(),
            )
            for thing in self._plan.grants_of(workload.name, "publish")
        ]

    def _files(self, workload: Workload, files: Files, member: pulumi.Output[str]) -> list[pulumi.Resource]:
        return [
            *self._signs(workload, member),
            *(
                gcp.storage.BucketIAMMember(
                    f"{workload.name}-keeps-{thing}-{self._region.short}",
                    bucket=files.files.name,
                    role="roles/storage.objectUser",
                    member=member,
                    opts=self.inside(),
                )
                for thing in self._plan.grants_of(workload.name, "keep files")
            ),
            *(
                gcp.storage.BucketIAMMember(
                    f"{workload.name}-reads-{thing}-{self._region.short}",
                    bucket=files.files.name,
                    role="roles/storage.objectViewer",
                    member=member,
                    condition=_below(self._plan.store("files", self._region), HEADS),
                    opts=self.inside(),
                )
                for thing in self._plan.grants_of(workload.name, "read files")
            ),
        ]

    def _signs(self, workload: Workload, member: pulumi.Output[str]) -> list[pulumi.Resource]:
        """Let a door that hands out files sign links as itself, and as nobody else: an account here has no key."""
        if workload.host != "service" or not self._plan.grants_of(workload.name, "keep files"):
            return []
        return [
            gcp.serviceaccount.IAMMember(
                f"{workload.name}-signs-{self._region.short}",
                service_account_id=self.accounts[workload.name].name,
                role="roles/iam.serviceAccountTokenCreator",
                member=member,
                opts=self.inside(),
            )
        ]

    def _models(self, workload: Workload, member: pulumi.Output[str]) -> list[pulumi.Resource]:
        return [
            gcp.projects.IAMMember(
                f"{workload.name}-calls-{thing}-{self._region.short}",
                project=self._plan.config.account,
                role=self._ranking.name if self._ranking and thing == "reranker" else "roles/aiplatform.user",
                member=member,
                opts=self.inside(),
            )
            for thing in self._plan.grants_of(workload.name, "call models")
        ]

    def _ranker(self) -> gcp.projects.IAMCustomRole:
        return gcp.projects.IAMCustomRole(
            f"ranker-{self._region.short}",
            role_id=f"{self._plan.config.name}_ranker_{self._region.short}",
            title=f"Asks a reranker for ContextFS in {self._region.name}",
            permissions=[RANKS],
            opts=self.inside(),
        )


def _below(bucket: str, folder: str) -> gcp.storage.BucketIAMMemberConditionArgsDict:
    """Write the condition that holds for the files of a folder, and for a list of what is in it."""
    files = f'resource.name.startsWith("projects/_/buckets/{bucket}/objects/{folder}")'
    listed = f'api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("{folder}")'
    return {"title": f"below {folder}", "expression": f"{files} || {listed}"}


def _asked(plan: Plan) -> set[str]:
    return {grant.thing for grant in plan.grants if grant.action == "call models"}
