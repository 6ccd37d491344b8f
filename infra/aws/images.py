"""ECR, and the one image that everything runs from."""

import json
import re

import pulumi
import pulumi_aws as aws
import pulumi_docker_build as docker

from infra.aws.keys import Keys
from infra.aws.policy import Statement, document
from infra.kit.component import Component
from infra.kit.source import DOCKERFILE, ROOT, by_digest
from infra.planned import Plan, Region

_KEEP_TWENTY = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 20},
            "action": {"type": "expire"},
        }
    ]
}


class Images(Component):
    """Owns a region's registry: Lambda takes images of its own region only.

    The image is built from this checkout and pushed, unless the config names one that lies in the region already.
    """

    def __init__(self, plan: Plan, region: Region, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__(f"images-{region.short}", parent)
        self.repository = aws.ecr.Repository(
            f"images-{region.short}",
            name=plan.config.name,
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": keys.key}],
            force_delete=not plan.config.production,
            opts=self.inside(),
        )
        aws.ecr.LifecyclePolicy(
            f"images-{region.short}",
            repository=self.repository.name,
            policy=json.dumps(_KEEP_TWENTY),
            opts=self.inside(),
        )
        aws.ecr.RepositoryPolicy(
            f"images-{region.short}",
            repository=self.repository.name,
            policy=document([_lambda_pulls(plan, region)]),
            opts=self.inside(),
        )
        self.image = pulumi.Output.from_input(plan.config.image or self._build(region)).apply(by_digest)
        own = self.repository.arn
        self.pulled: pulumi.Input[str] | None = own if plan.config.image is None else repository(plan.config.image)
        """The repository that the image is pulled from; None, when it is none of ECR's."""

    def _build(self, region: Region) -> pulumi.Output[str]:
        image = docker.Image(
            f"contextfs-{region.short}",
            context={"location": str(ROOT)},
            dockerfile={"location": str(DOCKERFILE)},
            platforms=[docker.Platform.LINUX_AMD64],
            tags=[pulumi.Output.concat(self.repository.repository_url, ":latest")],
            push=True,
            build_on_preview=False,
            opts=self.inside(),
        )
        return image.ref


def _lambda_pulls(plan: Plan, region: Region) -> Statement:
    """Let Lambda pull for functions of this account."""
    ours = f"arn:aws:lambda:{region.name}:{plan.config.account}:function:*"
    return {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "Condition": {"ArnLike": {"aws:SourceArn": ours}},
    }


def repository(image: str) -> str | None:
    """Say `arn:aws:ecr:<region>:<account>:repository/<name>` of an image in ECR, be it tagged or not."""
    named = re.fullmatch(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^@:]+)(?::[^@]+)?@.*", image)
    return None if named is None else f"arn:aws:ecr:{named[2]}:{named[1]}:repository/{named[3]}"
