"""Who keeps or reads files has a bucket that is drawn and a grant to do so, and exports in it go after a while.

Where audit logs ended stays, in every version: that a file was written over is seen by those before.
"""

import json
from collections.abc import Iterator
from typing import Any, cast

from infra.planned import HEADS, Grant, Plan
from infra.planned import Region as Place
from infra.preview.graph import everywhere
from infra.preview.recording import COMPUTED, Recording, Resource

SETTING = "CONTEXTFS_FILES"
FOLDER = "exports/"
_BUCKETS = {"gcp:storage/bucket:Bucket": "name", "aws:s3/bucket:Bucket": "bucket"}
_GRANTS = ("gcp:storage/bucketIAMMember:BucketIAMMember", "aws:iam/rolePolicy:RolePolicy")
_LETS = {
    "keep files": ("keeps", "write to", {"roles/storage.objectUser", "s3:PutObject"}),
    "read files": ("reads", "read", {"roles/storage.objectViewer", "s3:GetObject"}),
}
"""How a grant is named, what it is for, and what lets a program do so. A document that only a cloud could complete is
judged where the program was resolved."""


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell who would keep files nowhere, or may not, and what would be kept for ever."""
    buckets = {str(r.inputs.get(_BUCKETS[r.type])): r for r in recording.resources if r.type in _BUCKETS}
    for region in plan.regions:
        if (bucket := buckets.get(plan.store("files", region))) is not None:
            deleted = list(_deleted(recording, bucket))
            if not any(folder == FOLDER and current for folder, current in deleted):
                yield f"{bucket.label} keeps exports for ever"
            if any(HEADS.startswith(folder) for folder, _ in deleted):
                yield f"{bucket.label} deletes where audit logs ended"
        for grant in plan.grants:
            if grant.action in _LETS:
                yield from _keeper(recording, plan, region, grant, set(buckets))


def _keeper(recording: Recording, plan: Plan, region: Place, grant: Grant, buckets: set[str]) -> Iterator[str]:
    workload, (named, does, needed) = grant.workload, _LETS[grant.action]
    name = f"{workload}-{region.short}"
    for found in {text for one in recording.resources if one.name == name for text in _said(one)}:
        if found.partition("://")[2] not in buckets:
            yield f"{workload} {named} files in {found}, which is not drawn"
    grants = {name, f"{workload}-{named}-files-{region.short}"}
    if not any({*needed, COMPUTED} & set(_words(one)) for one in _granted(recording, grants)):
        yield f"{workload} may not {does} {plan.store('files', region)}"
    elif grant.action == "read files" and not all(_is_narrow(one) for one in _granted(recording, grants)):
        yield f"{workload} reads more of {plan.store('files', region)} than {HEADS}"


def _granted(recording: Recording, names: set[str]) -> Iterator[Resource]:
    return (one for one in recording.resources if one.name in names and one.type in _GRANTS)


def _is_narrow(grant: Resource) -> bool:
    """Tell whether what is granted holds in the folder of heads alone, where it can be told."""
    if grant.type == _GRANTS[0]:
        return f"/objects/{HEADS}" in grant.inputs.get("condition", {}).get("expression", "")
    return all(_is_below(statement) for statement in _statements(grant))


def _is_below(statement: dict[str, Any]) -> bool:
    actions = set(statement["Action"])
    if "s3:ListBucket" in actions:
        return statement.get("Condition") == {"StringLike": {"s3:prefix": f"{HEADS}*"}}
    reads = any(action.startswith("s3:") for action in actions)
    return not reads or all(thing.endswith(f"/{HEADS}*") for thing in statement["Resource"])


def _said(resource: Resource) -> Iterator[str]:
    """Find what a program is told of files: as a variable by name, in a list, or in a task's JSON."""
    for _, value in everywhere(resource.inputs):
        if isinstance(value, dict):
            variables = cast("dict[str, Any]", value)
            if isinstance(variables.get(SETTING), str):
                yield variables[SETTING]
            if variables.get("name") == SETTING:
                yield str(variables["value"])
        elif isinstance(value, str) and value.startswith("[") and SETTING in value:
            yield from (one["value"] for task in json.loads(value) for one in task["environment"] if _is_it(one))


def _is_it(variable: dict[str, Any]) -> bool:
    return variable["name"] == SETTING


def _words(grant: Resource) -> Iterator[str]:
    """Give what a grant allows: a role, or the actions of a document."""
    statements = _statements(grant)
    if not statements:
        yield str(grant.inputs.get("role" if grant.type == _GRANTS[0] else "policy", ""))
    for statement in statements:
        yield from statement["Action"]


def _statements(grant: Resource) -> list[dict[str, Any]]:
    """Read what a document says; nothing where a cloud has yet to complete it."""
    text = str(grant.inputs.get("policy", ""))
    return json.loads(text)["Statement"] if '"Statement"' in text else []


def _deleted(recording: Recording, bucket: Resource) -> Iterator[tuple[str, bool]]:
    """Give the folders that rules delete from ("" is all), and whether what is there now, not old versions alone."""
    for rule in bucket.inputs.get("lifecycleRules", []):
        if rule["action"]["type"] == "Delete":
            condition = rule["condition"]
            for folder in condition.get("matchesPrefixes", [""]):
                yield folder, bool(condition.get("age"))
    for one in recording.of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"):
        if one.name == bucket.name:
            for rule in one.inputs["rules"]:
                yield rule.get("filter", {}).get("prefix", ""), bool(rule.get("expiration"))
