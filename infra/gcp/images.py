"""Artifact Registry, and the one image that everything runs from."""

import pulumi
import pulumi_docker_build as docker
import pulumi_gcp as gcp

from infra.gcp.keys import Keys
from infra.kit.component import Component
from infra.kit.source import DOCKERFILE, ROOT, by_digest
from infra.planned import Plan, Region


class Images(Component):
    """Owns the registry. The image is built from this checkout and pushed, unless the config names one by digest."""

    def __init__(self, plan: Plan, home: Region, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__("images", parent)
        config = plan.config
        self.repository = gcp.artifactregistry.Repository(
            "images",
            repository_id=config.name,
            location=home.name,
            format="DOCKER",
            kms_key_name=keys.key,
            docker_config={"immutable_tags": False},
            cleanup_policy_dry_run=False,
            cleanup_policies=[
                {"id": "keep-some", "action": "KEEP", "most_recent_versions": {"keep_count": 20}},
                {"id": "drop-old", "action": "DELETE", "condition": {"older_than": "7776000s", "tag_state": "ANY"}},
            ],
            opts=self.inside(after=keys.usable),
        )
        self.image = pulumi.Output.from_input(config.image or self._build(plan, home)).apply(by_digest)

    def _build(self, plan: Plan, home: Region) -> pulumi.Output[str]:
        place = pulumi.Output.concat(
            f"{home.name}-docker.pkg.dev/{plan.config.account}/", self.repository.repository_id, "/contextfs"
        )
        image = docker.Image(
            "contextfs",
            context={"location": str(ROOT)},
            dockerfile={"location": str(DOCKERFILE)},
            platforms=[docker.Platform.LINUX_AMD64],
            tags=[pulumi.Output.concat(place, ":latest")],
            push=True,
            build_on_preview=False,
            opts=self.inside(),
        )
        return image.ref
