"""No two things of one kind have one name: a cloud refuses the second one, in the middle of a roll-out."""

from collections import defaultdict
from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.recording import COMPUTED, Recording, Resource

_WITHIN = frozenset(
    {
        "aws:lambda/alias:Alias",
        "gcp:kms/cryptoKey:CryptoKey",
        "gcp:sql/database:Database",
        "gcp:sql/user:User",
        "gcp:storage/bucketObject:BucketObject",
    }
)
"""What has a name within another thing, of which each region has its own."""


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell which things would have the name of another one."""
    del plan
    named: dict[tuple[str, str, str], list[Resource]] = defaultdict(list)
    for resource in recording.resources:
        name = resource.inputs.get("name")
        if resource.custom and isinstance(name, str) and name != COMPUTED and resource.type not in _WITHIN:
            named[resource.type, resource.provider, name].append(resource)
    for (_, _, name), resources in named.items():
        for twin in resources[1:]:
            yield f"{twin.label} has the name of {resources[0].label}: {name}"
