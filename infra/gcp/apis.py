"""The APIs of Google that are used, and the agents by which they act in the project."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.kit.component import Component
from infra.planned import Plan, models

_ALWAYS = (
    "artifactregistry", "cloudbuild", "cloudfunctions", "cloudkms", "cloudresourcemanager", "cloudscheduler", "compute",
    "iam", "iamcredentials", "identitytoolkit", "logging", "monitoring", "pubsub", "run", "secretmanager",
    "servicenetworking", "storage",
)  # fmt: skip
FIRST = "cloudresourcemanager"
"""Without it Google's provider turns no other API on."""
AGENTS = {
    "alloydb": "roles/alloydb.serviceAgent",
    "artifactregistry": "roles/artifactregistry.serviceAgent",
    "cloudfunctions": "roles/cloudfunctions.serviceAgent",
    "pubsub": "roles/pubsub.serviceAgent",
    "redis": "roles/redis.serviceAgent",
    "run": "roles/run.serviceAgent",
    "secretmanager": None,
    "sqladmin": "roles/cloudsql.serviceAgent",
}
"""The agents that are asked for before their service is used, and what each may do in the project.

Google gives an agent its role when the service is used for the first time, and gives none to one that was asked for.
"""


class Apis(Component):
    """Owns which APIs are on, and that their agents may act. The project's owner ends either: others may need it.

    All else comes by `provider`, which waits for them: in an empty project nothing answers before.
    """

    def __init__(self, plan: Plan) -> None:
        config = plan.config
        super().__init__("apis", None, providers=[_provider(plan, "gcp-apis")])
        extra = {
            "sqladmin": not config.alloydb,
            "alloydb": config.alloydb,
            "redis": config.cache,
            "aiplatform": bool(models(config, "models") or models(config, "embedder")),
            "discoveryengine": config.reranker is not None,
            "billingbudgets": bool(config.budget),
            "certificatemanager": config.network == "private",
        }
        wanted = (*_ALWAYS, *(name for name, on in extra.items() if on))
        first = self._service(FIRST)
        others = [self._service(name, after=[first]) for name in wanted if name != FIRST]
        self._services: list[pulumi.Resource] = [first, *others]
        self._ready: list[pulumi.Resource] = [*self._services]
        self.agents = {name: self._agent(plan, name) for name in AGENTS if name in wanted}
        self.agents |= self._told(config.account)
        self.provider = _provider(plan, "gcp", after=self._ready)

    def number(self, account: str) -> pulumi.Output[str]:
        """Give the number of the project: some services know projects by no other name."""
        return gcp.organizations.get_project_output(project_id=account, opts=self._asking()).number

    def _asking(self) -> pulumi.InvokeOutputOptions:
        return pulumi.InvokeOutputOptions(parent=self, depends_on=self._services)

    def _service(self, name: str, after: Sequence[pulumi.Resource] = ()) -> gcp.projects.Service:
        service = f"{name}.googleapis.com"
        return gcp.projects.Service(name, service=service, disable_on_destroy=False, opts=self.inside(after=after))

    def _agent(self, plan: Plan, name: str) -> pulumi.Output[str]:
        identity = gcp.projects.ServiceIdentity(
            name, service=f"{name}.googleapis.com", opts=self.inside(after=self._services)
        )
        self._ready.append(identity)
        role = AGENTS[name]
        if role is not None:
            granted = gcp.projects.IAMMember(
                f"{name}-acts",
                project=plan.config.account,
                role=role,
                member=pulumi.Output.concat("serviceAccount:", identity.email),
                # The agent is the project's: others in it may use its service.
                opts=self.inside(left=True),
            )
            self._ready.append(granted)
        return identity.email

    def _told(self, account: str) -> dict[str, pulumi.Output[str]]:
        """Give the agents that cannot be asked for: each comes into being when its service is asked what it is called.

        What encrypts logs is another one than the agent of Logging.
        """
        files = gcp.storage.get_project_service_account_output(project=account, opts=self._asking())
        logs = gcp.logging.get_project_cmek_settings_output(project=account, opts=self._asking())
        return {"storage": files.email_address, "logging": logs.service_account_id.apply(_address)}


def _provider(plan: Plan, name: str, after: list[pulumi.Resource] | None = None) -> gcp.Provider:
    config = plan.config
    return gcp.Provider(
        name,
        project=config.account,
        default_labels={"product": "contextfs", "installation": config.name, "environment": config.environment},
        user_project_override=True,
        billing_project=config.account,
        opts=pulumi.ResourceOptions(depends_on=after),
    )


def _address(account: str) -> str:
    """Take what stands before some accounts' addresses away: a member of a policy has it already."""
    return account.removeprefix("serviceAccount:")
