"""Bring your own cloud: who may roll new versions in a customer's account, and how little else."""

import json

import pulumi
import pulumi_aws as aws

from infra.aws.policy import allow, document
from infra.kit.component import Component
from infra.planned import Plan

_IMAGES = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_ROLL = (
    "lambda:GetAlias",
    "lambda:GetFunction",
    "lambda:InvokeFunction",
    "lambda:PublishVersion",
    "lambda:UpdateAlias",
    "lambda:UpdateFunctionCode",
)
_SERVICES = ("ecs:DescribeServices", "ecs:UpdateService")
_TASKS = ("ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition")
"""A new image is a new definition of its task, which runs as the roles of the installation."""


class Updater(Component):
    """Owns the updater's role. It reads no secret, no data and no log, and gives nobody a right.

    What it rolls runs as the roles of the installation, so the code that it brings may what they may.

    The customer takes it away by deleting the role, and everything runs on.
    """

    def __init__(self, plan: Plan, principal: str, parent: pulumi.Resource) -> None:
        super().__init__("updater", parent)
        config = plan.config
        trusted = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
        role = aws.iam.Role(
            "updater",
            name=f"{config.name}-updater",
            assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trusted]}),
            max_session_duration=3600,
            opts=self.inside(),
        )
        within = f"{config.account}:"
        aws.iam.RolePolicy(
            "updater",
            role=role.name,
            policy=document(
                [
                    allow(["ecr:GetAuthorizationToken"], ["*"]),
                    allow(_IMAGES, [f"arn:aws:ecr:*:{within}repository/{config.name}"]),
                    allow(_ROLL, [f"arn:aws:lambda:*:{within}function:{config.name}-*"]),
                    allow(_SERVICES, [f"arn:aws:ecs:*:{within}service/{config.name}-*/{config.name}-*"]),
                    allow(_TASKS, ["*"]),
                    allow(
                        ["iam:PassRole"],
                        [f"arn:aws:iam::{within}role/{config.name}-*"],
                        StringEquals={"iam:PassedToService": "ecs-tasks.amazonaws.com"},
                    ),
                ]
            ),
            opts=self.inside(),
        )
