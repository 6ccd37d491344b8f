"""Texts that have a grammar of their own: names, durations, filters. The packages' types know them as strings only."""

import re
from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.graph import everywhere
from infra.preview.recording import COMPUTED, Recording, Resource

DURATION = re.compile(r"\d+(\.\d{1,9})?s")
_DURATIONS = {
    "timeout", "period", "duration", "alignmentPeriod", "autoClose", "minimumBackoff", "maximumBackoff",
    "messageRetentionDuration", "rotationPeriod", "attemptDeadline", "minBackoffDuration", "olderThan",
}  # fmt: skip
_TERM = r'(attributes\."[\w-]+" = "[\w.-]+"|hasPrefix\(attributes\."[\w-]+", "[\w.-]+"\))'
FILTER = re.compile(rf"{_TERM}( OR {_TERM})*")
CRON = re.compile(r"(\*|\*/\d+|\d+) (\*|\*/\d+|\d+) \* \* \*")
_NAMES = {
    "gcp:serviceaccount/account:Account": ("accountId", re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")),
    "gcp:sql/user:User": ("name", re.compile(r"(?=.{1,63}$)[a-z][a-z0-9_-]*(@[a-z0-9-]+\.iam)?")),
    "gcp:storage/bucket:Bucket": ("name", re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")),
    "aws:s3/bucket:Bucket": ("bucket", re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")),
    "aws:lb/loadBalancer:LoadBalancer": ("name", re.compile(r"[a-zA-Z0-9-]{1,32}")),
    "aws:lb/targetGroup:TargetGroup": ("name", re.compile(r"[a-zA-Z0-9-]{1,32}")),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("replicationGroupId", re.compile(r"[a-z][a-z0-9-]{0,39}")),
}
_TAG_AND_DIGEST = re.compile(r":[^:/@]+@")
_PROJECT = re.compile(r"projects/\d+")
_ANY_NAME = re.compile(r"[\w$/.+ -]{1,64}")


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell which texts a cloud would not understand."""
    del plan
    for resource in recording.resources:
        if resource.type.startswith("gcp:"):
            yield from _durations(resource)
        yield from _filter(resource)
        yield from _name(resource)
        yield from _image(resource)
        yield from _budget(resource)


def _durations(resource: Resource) -> Iterator[str]:
    for path, value in everywhere(resource.inputs):
        if path.rsplit(".", 1)[-1] in _DURATIONS and isinstance(value, str) and not DURATION.fullmatch(value):
            yield f"{resource.label}{path}: {value!r} is not a duration: write it like 60s"


def _filter(resource: Resource) -> Iterator[str]:
    text: str | None = resource.inputs.get("filter")
    if resource.type != "gcp:pubsub/subscription:Subscription":
        text = None
    if text is not None and (not FILTER.fullmatch(text) or len(text) > 256):
        yield f"{resource.label}.filter: Pub/Sub cannot read {text!r}"
    schedule = resource.inputs.get("schedule")
    if resource.type == "gcp:cloudscheduler/job:Job" and not CRON.fullmatch(schedule or ""):
        yield f"{resource.label}.schedule: cron cannot read {schedule!r}"


def _name(resource: Resource) -> Iterator[str]:
    field, pattern = _NAMES.get(resource.type, ("name", _ANY_NAME))
    name = resource.inputs.get(field)
    if isinstance(name, str) and name != COMPUTED and resource.custom and not pattern.fullmatch(name):
        yield f"{resource.label}.{field}: {name!r} is not a name that the cloud takes"


def _image(resource: Resource) -> Iterator[str]:
    image = resource.inputs.get("imageUri")
    if resource.type == "aws:lambda/function:Function" and isinstance(image, str) and _TAG_AND_DIGEST.search(image):
        yield f"{resource.label}.imageUri: Lambda takes a tag or a digest, and not both: {image}"


def _budget(resource: Resource) -> Iterator[str]:
    if resource.type == "gcp:billing/budget:Budget":
        for project in resource.inputs.get("budgetFilter", {}).get("projects", ()):
            if project != COMPUTED and not _PROJECT.fullmatch(project):
                yield f"{resource.label}.budgetFilter: a budget knows projects by their numbers: {project}"
