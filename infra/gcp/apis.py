"""The APIs of Google that are used, and the agents by which they act in the project."""

import pulumi
import pulumi_gcp as gcp

from infra.kit.component import Component
from infra.planned import Plan, models

_ALWAYS = (
    "artifactregistry", "cloudbuild", "cloudfunctions", "cloudkms", "cloudscheduler", "compute", "identitytoolkit",
    "logging", "monitoring", "pubsub", "run", "secretmanager", "servicenetworking", "sqladmin", "storage",
)  # fmt: skip
_AGENTS = ("artifactregistry", "cloudfunctions", "logging", "pubsub", "run", "secretmanager", "sqladmin")


class Apis(Component):
    """Owns which APIs are on, and their agents. The project's owner turns one off: others may use it."""

    def __init__(self, plan: Plan, parent: pulumi.Resource) -> None:
        super().__init__("apis", parent)
        config = plan.config
        extra = {
            "alloydb": config.passages == "apart",
            "redis": config.cache,
            "aiplatform": bool(models(config, "models") or models(config, "embedder")),
            "discoveryengine": config.reranker is not None,
            "billingbudgets": bool(config.budget),
            "certificatemanager": config.network == "private",
        }
        wanted = (*_ALWAYS, *(name for name, on in extra.items() if on))
        self.services = [
            gcp.projects.Service(name, service=f"{name}.googleapis.com", disable_on_destroy=False, opts=self.inside())
            for name in wanted
        ]
        with_agents = (*_AGENTS, *(name for name in ("alloydb", "redis") if name in wanted))
        self.agents = {name: self._agent(name) for name in with_agents}
        # The agent of Cloud Storage is not among those that can be asked for; its name is made of the project's number.
        number = self.agents["pubsub"].apply(lambda email: email.split("@")[0].removeprefix("service-"))
        self.agents["storage"] = pulumi.Output.concat(
            "service-", number, "@gs-project-accounts.iam.gserviceaccount.com"
        )

    def _agent(self, name: str) -> pulumi.Output[str]:
        identity = gcp.projects.ServiceIdentity(
            name, service=f"{name}.googleapis.com", opts=self.inside(after=self.services)
        )
        return identity.email
