"""How the image runs: on Lambda, and as a task of Fargate."""

import pulumi
import pulumi_aws as aws

from infra.aws.ground import MEMORY, Ground
from infra.kit.component import Component
from infra.planned import SIGNS_IN, Workload

MODEL = "/app/models/all-MiniLM-L6-v2.int8.bin"
"""Where the image keeps the embedding model."""
PORT = 8080
_SCRATCH = "/dev/shm"  # noqa: S108 - a task's own memory: the one place of a read-only container that takes files
_CPU = {"small": 512, "medium": 1024, "large": 2048}


def plain(ground: Ground, workload: Workload) -> dict[str, pulumi.Input[str]]:
    """Give the plain variables; the address of the API and of consumers is that of a proxy."""
    variables: dict[str, pulumi.Input[str]] = {
        **ground.plan.environment(workload, ground.region),
        "CONTEXTFS_MODEL": MODEL,
        "CONTEXTFS_DATABASE_SHARED": "true",
    }
    if ground.plan.grants_of(workload.name, "log in"):
        variables |= {"CONTEXTFS_DATABASE_URL": ground.database.address, "CONTEXTFS_DATABASE_LOGIN": "aws-iam"}
    if workload.target in SIGNS_IN:
        variables["CONTEXTFS_SIGN_IN"] = ground.people.setting
    return variables


LIVE = "live"
"""The name by which each function is called."""


class Lambda(Component):
    """Owns one Lambda function of the image. It does not own its role, its queue or who may call it.

    It is called by the name `live`, which leads to one version: code and variables are rolled at once. Lambda cannot
    be handed a secret as Fargate can: a variable names it, and the program reads it when it starts.
    """

    def __init__(
        self, ground: Ground, workload: Workload, handler: str, variable: str, parent: pulumi.Resource
    ) -> None:
        super().__init__(f"{workload.name}-{ground.region.short}", parent)
        plan, region = ground.plan, ground.region
        # The AWS clients find their region by themselves, and the load of a call tells the target.
        variables = {**plain(ground, workload), **_named(ground, workload), variable: workload.target}
        self.function = aws.lambda_.Function(
            f"{workload.name}-{region.short}",
            name=plan.name(workload.name, region),
            package_type="Image",
            image_uri=ground.image,
            image_config=_beginning(handler),
            role=ground.accounts.roles[workload.name].arn,
            architectures=["x86_64"],
            memory_size=2 * MEMORY[workload.size],
            timeout=min(workload.timeout_seconds, 900),
            kms_key_arn=ground.keys.key,
            environment={"variables": variables},
            vpc_config={
                "subnet_ids": ground.network.subnet_ids,
                "security_group_ids": [ground.network.workloads.id],
            },
            logging_config={
                "log_format": "JSON",
                "log_group": ground.logs.groups[workload.name].name,
            },
            publish=True,
            opts=self.inside(after=ground.before(workload)),
        )
        self.live = self._alias(f"{workload.name}-{region.short}")

    def _alias(self, name: str) -> aws.lambda_.Alias:
        return aws.lambda_.Alias(
            name,
            name=LIVE,
            function_name=self.function.name,
            function_version=self.function.version,
            opts=self.inside(),
        )


def _beginning(handler: str) -> aws.lambda_.FunctionImageConfigArgs:
    """Say how the image begins as a function of Lambda."""
    return aws.lambda_.FunctionImageConfigArgs(
        entry_points=["python", "-m", "awslambdaric"], commands=[handler], working_directory="/app"
    )


def _named(ground: Ground, workload: Workload) -> dict[str, pulumi.Output[str]]:
    """Give the variables that name a secret, each in the place of its text."""
    secrets, numbers = ground.vault.secrets, ground.vault.numbers
    named = ground.plan.secret_variables(workload)
    variables = {
        variable: pulumi.Output.concat("aws-secret:", secrets[secret].arn) for variable, secret in named.items()
    }
    # Nothing reads this one: a program that is warm is rolled when a text changes.
    versions = pulumi.Output.all(*(numbers[secret] for secret in sorted(named.values()))).apply(",".join)
    return {**variables, "CONTEXTFS_SECRET_VERSIONS": versions}


class Task(Component):
    """Owns the definition of a task of Fargate, and the role by which Fargate fetches its image and secrets."""

    def __init__(self, ground: Ground, workload: Workload, command: list[str], parent: pulumi.Resource) -> None:
        super().__init__(f"task-{workload.name}-{ground.region.short}", parent)
        plan, region = ground.plan, ground.region
        role = ground.accounts.roles[workload.name].arn
        self.definition = aws.ecs.TaskDefinition(
            f"{workload.name}-{region.short}",
            family=plan.name(workload.name, region),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            cpu=str(_CPU[workload.size]),
            memory=str(2 * MEMORY[workload.size]),
            execution_role_arn=role,
            task_role_arn=role,
            container_definitions=pulumi.Output.json_dumps([_container(ground, workload, command)]),
            opts=self.inside(after=ground.before(workload)),
        )


def _container(ground: Ground, workload: Workload, command: list[str]) -> dict[str, object]:
    named = ground.plan.secret_variables(workload)
    return {
        "name": workload.name,
        "image": ground.image,
        "entryPoint": command[:1],
        "command": command[1:],
        "essential": True,
        "readonlyRootFilesystem": True,
        "portMappings": [{"containerPort": PORT}] if workload.host == "service" else [],
        "environment": [
            {"name": name, "value": value} for name, value in {**plain(ground, workload), "TMPDIR": _SCRATCH}.items()
        ],
        "secrets": [
            {
                "name": name,
                "valueFrom": pulumi.Output.concat(
                    ground.vault.secrets[secret].arn, ":::", ground.vault.numbers[secret]
                ),
            }
            for name, secret in named.items()
        ],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": ground.logs.groups[workload.name].name,
                "awslogs-region": ground.region.name,
                "awslogs-stream-prefix": "task",
            },
        },
    }
