"""Turns a recording of the AWS program into Terraform's JSON: Pulumi's AWS provider is made from Terraform's.

In the program every computed text is an interpolation (`${aws_sqs_queue.dead_letters_use1.arn}`), so that concatenated
texts and documents stay whole. What Pulumi names otherwise than Terraform is resolved by Terraform's own schema.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from infra.preview.recording import SECRET, Recording, Resource

TYPES = {
    "aws:backup/plan:Plan": "aws_backup_plan",
    "aws:backup/selection:Selection": "aws_backup_selection",
    "aws:backup/vault:Vault": "aws_backup_vault",
    "aws:ec2/securityGroup:SecurityGroup": "aws_security_group",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:rds/clusterInstance:ClusterInstance": "aws_rds_cluster_instance",
    "aws:rds/proxy:Proxy": "aws_db_proxy",
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": "aws_db_proxy_default_target_group",
    "aws:rds/proxyTarget:ProxyTarget": "aws_db_proxy_target",
    "aws:rds/subnetGroup:SubnetGroup": "aws_db_subnet_group",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "aws_vpc_security_group_egress_rule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "aws_vpc_security_group_ingress_rule",
}
RENAMED = {
    ("aws_cloudwatch_metric_alarm", "name"): "alarm_name",
    ("aws_lambda_function", "name"): "function_name",
    ("aws_lambda_permission", "function"): "function_name",
    ("aws_sns_topic_subscription", "topic"): "topic_arn",
}
TAKEN_APART = {"aws:rds/proxy:Proxy": {"arn": "arn:aws:rds:us-east-1:123456789012:db-proxy:prx-0123456789abcdef0"}}
"""What the program takes apart, so that an interpolation cannot stand in its place."""
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/ctx:latest"
STANDS_FOR_A_SECRET = "rehearsed-" * 4
Schema = Mapping[str, Any]


class Terraform:
    """Knows the provider's schema: names of types and fields, and what may be computed."""

    def __init__(self, schemas: Schema) -> None:
        self._schemas = schemas
        self.problems: list[str] = []

    def type_of(self, token: str) -> str:
        """Find Terraform's name of a type of Pulumi's."""
        module = token.split(":")[1].split("/", maxsplit=1)[0]
        snake = _snake(token.rsplit(":", 1)[-1])
        told = TYPES.get(token, "")
        for candidate in (told, f"aws_{module}_{snake}", f"aws_{snake}", f"aws_cloudwatch_{snake}"):
            if candidate in self._schemas:
                return candidate
        raise KeyError(token)

    def outputs(self, token: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Answer as the cloud would: every computed text is an interpolation."""
        if not token.startswith("aws:"):
            return {"id": name, "result": STANDS_FOR_A_SECRET, "ref": IMAGE}
        kind = self.type_of(token)
        here = f"{kind}.{_label(name)}"
        attributes: dict[str, Any] = self._schemas[kind]["block"]["attributes"]
        made = {
            _camel(field): f"${{{here}.{field}}}"
            for field, told in attributes.items()
            if told.get("computed") and told.get("type") == "string" and _camel(field) not in inputs
        }
        return {**made, "id": f"${{{here}.id}}", **TAKEN_APART.get(token, {})}

    def document(self, recording: Recording) -> dict[str, Any]:
        """Write all resources of a recording."""
        resources: dict[str, dict[str, Any]] = {}
        places: dict[str, str] = {}
        for resource in recording.resources:
            if resource.custom and resource.type.startswith("aws:"):
                places[resource.urn] = f"{self.type_of(resource.type)}.{_label(resource.name)}"
        for resource in recording.resources:
            if resource.urn in places:
                kind, label = places[resource.urn].split(".")
                body = self._block(resource.inputs, self._schemas[kind]["block"], kind)
                body |= self._own(resource, kind, places)
                resources.setdefault(kind, {})[label] = body
        return resources

    def _own(self, resource: Resource, kind: str, places: Mapping[str, str]) -> dict[str, Any]:
        after = sorted({places[urn] for urn in resource.dependencies if urn in places and urn != resource.urn})
        return {"depends_on": after} if after and kind else {}

    def _block(self, given: Mapping[str, Any], block: Schema, where: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, value in given.items():
            if value is None:
                continue
            field = self._field(name, block, where)
            if field is None:
                self.problems.append(f"{where}.{name}: Terraform has no such field")
            elif field in block.get("attributes", {}):
                told = block["attributes"][field]
                made[field] = _typed(value, told["type"]) if "type" in told else self._nested(value, told, where)
            else:
                inner = block["block_types"][field]["block"]
                items = cast("list[Any]", value) if isinstance(value, list) else [value]
                made[field] = [self._block(item, inner, f"{where}.{field}") for item in items]
        return made

    def _nested(self, value: Any, told: Schema, where: str) -> Any:
        nested = told["nested_type"]
        items = cast("list[Any]", value) if isinstance(value, list) else [value]
        made = [self._block(item, nested, where) for item in items]
        return made[0] if nested["nesting_mode"] == "single" else made

    def _field(self, name: str, block: Schema, where: str) -> str | None:
        snake = RENAMED.get((where, name)) or _snake(name)
        singular = [snake.removesuffix("s"), snake.removesuffix("es"), re.sub("ies$", "y", snake)]
        known = {**block.get("attributes", {}), **block.get("block_types", {})}
        return next((one for one in (snake, *singular, f"{snake}s") if one in known), None)


def _typed(value: Any, kind: Any) -> Any:
    """Fit a value to Terraform's type: Pulumi unwraps lists of one."""
    if isinstance(kind, list) and kind[0] in {"list", "set"}:
        items = cast("list[Any]", value) if isinstance(value, list) else [value]
        return [_typed(item, kind[1]) for item in items]
    if isinstance(kind, list) and kind[0] == "map" and isinstance(value, dict):
        return {key: _typed(item, kind[1]) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(kind, list) and kind[0] == "object" and isinstance(value, dict):
        given = {_snake(key): item for key, item in cast("dict[str, Any]", value).items()}
        return {name: _typed(given.get(name), inner) for name, inner in cast("dict[str, Any]", kind[1]).items()}
    return STANDS_FOR_A_SECRET if value == SECRET else value


def _label(name: str) -> str:
    return re.sub(r"\W", "_", name if name[0].isalpha() else f"r_{name}")


def _snake(name: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)
