"""One IAM role for each workload of a region, with exactly the plan's grants."""

from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from infra.aws.database import Database
from infra.aws.files import Files
from infra.aws.hosting import on_fargate
from infra.aws.keys import Keys
from infra.aws.logs import Logs
from infra.aws.policy import Statement, allow, document, trust
from infra.aws.vault import Vault
from infra.config import PROFILES
from infra.kit.component import Component
from infra.planned import HEADS, Plan, Region, Workload, models

_VPC = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"


class Accounts(Component):
    """Owns who is who in a region, and what each may read, publish, keep and ask. Who may call it, the called says."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        vault: Vault,
        database: Database,
        files: Files,
        bus: aws.cloudwatch.EventBus,
        keys: Keys,
        logs: Logs,
        pulled: pulumi.Input[str] | None,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"accounts-{region.short}", parent)
        self._plan, self._region, self._keys, self._database = plan, region, keys, database
        self.roles: dict[str, aws.iam.Role] = {}
        self.grants: dict[str, list[pulumi.Resource]] = {}
        for workload in plan.workloads:
            statements = [
                *self._secrets(workload, vault),
                *self._things(workload, files, bus),
                *(_pulls(pulled) if on_fargate(plan, workload) and pulled is not None else ()),
                allow(
                    ["logs:CreateLogStream", "logs:PutLogEvents"],
                    [pulumi.Output.concat(logs.groups[workload.name].arn, ":*")],
                ),
            ]
            self.grants[workload.name] = self._role(workload, statements)

    def _role(self, workload: Workload, statements: list[Statement]) -> list[pulumi.Resource]:
        name, short = workload.name, self._region.short
        fargate = on_fargate(self._plan, workload)
        role = aws.iam.Role(
            f"{name}-{short}",
            name=self._plan.name(name, self._region),
            assume_role_policy=trust("ecs-tasks.amazonaws.com" if fargate else "lambda.amazonaws.com"),
            opts=self.inside(),
        )
        self.roles[name] = role
        made: list[pulumi.Resource] = [
            aws.iam.RolePolicy(f"{name}-{short}", role=role.name, policy=document(statements), opts=self.inside())
        ]
        if not fargate:
            made.append(
                aws.iam.RolePolicyAttachment(
                    f"{name}-network-{short}", role=role.name, policy_arn=_VPC, opts=self.inside()
                )
            )
        return made

    def _secrets(self, workload: Workload, vault: Vault) -> Iterator[Statement]:
        secrets = [vault.secrets[name].arn for name in self._plan.grants_of(workload.name, "read")]
        yield allow(["secretsmanager:GetSecretValue"], secrets)
        yield allow(["kms:Decrypt"], [self._keys.key])

    def _things(self, workload: Workload, files: Files, bus: aws.cloudwatch.EventBus) -> Iterator[Statement]:
        plan, name = self._plan, workload.name
        if plan.grants_of(name, "log in"):
            yield allow(["rds-db:connect"], [self._database.login])
        if plan.grants_of(name, "publish"):
            yield allow(["events:PutEvents"], [bus.arn])
            yield allow(["kms:GenerateDataKey"], [self._keys.key])
        keeps, reads = plan.grants_of(name, "keep files"), plan.grants_of(name, "read files")
        if reads:
            yield allow(["s3:ListBucket"], [files.files.arn], StringLike={"s3:prefix": f"{HEADS}*"})
            yield allow(["s3:GetObject"], [pulumi.Output.concat(files.files.arn, f"/{HEADS}*")])
            yield allow(["kms:Decrypt"], [self._keys.key])
        if keeps:
            yield allow(["s3:ListBucket"], [files.files.arn])  # without it, what is not there is forbidden
            objects = pulumi.Output.concat(files.files.arn, "/*")
            yield allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], [objects])
            yield allow(["kms:GenerateDataKey"], [self._keys.key])
        for kind in plan.grants_of(name, "call models"):
            arns = [arn for model in models(plan.config, kind) for arn in _of_model(plan, self._region, model)]
            yield allow(["bedrock:InvokeModel"], arns)


def _pulls(repository: pulumi.Input[str]) -> Iterator[Statement]:
    """Let Fargate fetch the image as the role of the task; Lambda does it by itself."""
    yield allow(["ecr:GetAuthorizationToken"], ["*"])
    yield allow(["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], [repository])


def _of_model(plan: Plan, region: Region, model: str) -> list[str]:
    """Name a model that is asked; an inference profile asks it in any region of its geography."""
    geography, _, bare = model.partition(".")
    if geography not in PROFILES:
        return [f"arn:aws:bedrock:{region.name}::foundation-model/{model}"]
    profile = f"arn:aws:bedrock:{region.name}:{plan.config.account}:inference-profile/{model}"
    return [profile, f"arn:aws:bedrock:*::foundation-model/{bare}"]
