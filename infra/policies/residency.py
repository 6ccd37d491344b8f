"""Nothing lies outside the installation's regions."""

from collections.abc import Iterator
from typing import Any

from infra.planned import Plan
from infra.preview.graph import everywhere
from infra.preview.recording import COMPUTED, Recording, Resource

_WORLDWIDE_TYPES = ("aws:acm/", "aws:wafv2/")
"""AWS keeps the certificates and firewalls of CloudFront in one region; they hold no data."""


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what lies elsewhere."""
    allowed = {region.name for region in plan.regions}
    for resource in recording.resources:
        for place in _places(resource):
            if place not in allowed and place != COMPUTED:
                yield f"{resource.label} lies in {place}"
    yield from _events_stay(recording, plan)


def _places(resource: Resource) -> Iterator[Any]:
    if resource.type.startswith("gcp:"):
        for path, value in everywhere(resource.inputs):
            last = path.rsplit(".", 1)[-1]
            if last in {"location", "region"} and isinstance(value, str):
                yield value
            if last == "allowedPersistenceRegions":
                yield from value
    elif resource.type.startswith("aws:") and not resource.type.startswith(_WORLDWIDE_TYPES):
        yield resource.provider.removeprefix("aws-")


def _events_stay(recording: Recording, plan: Plan) -> Iterator[str]:
    del plan
    for topic in recording.of("gcp:pubsub/topic:Topic"):
        if not topic.inputs.get("messageStoragePolicy", {}).get("enforceInTransit"):
            yield f"{topic.label} may send events through other regions"
