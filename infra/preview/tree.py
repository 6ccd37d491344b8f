"""A recording as a tree that a reviewer can read: what is made, inside what, and after what."""

from collections.abc import Iterator
from typing import Any

from infra.preview.recording import COMPUTED, Recording, Resource

_WORTH_SHOWING = (
    "region", "location", "databaseVersion", "tier", "filter", "schedule", "scheduleExpression", "role", "member",
    "ingress", "protect", "instanceType", "engine", "engineVersion", "eventPattern", "packageType", "routeKey",
)  # fmt: skip


_MANY = 2


def lines(recording: Recording) -> Iterator[str]:
    """Give the tree line by line; the last ones count what there is."""
    resources = recording.by_urn()
    depths: dict[str, int] = {}
    for resource in recording.resources:
        depth = depths[resource.urn] = depths.get(resource.parent, -1) + 1
        yield _line(resource, depth, resources)
    custom = [resource for resource in recording.resources if resource.custom and "providers" not in resource.type]
    yield ""
    yield f"{len(custom)} resources in {len(recording.resources) - len(custom)} groups"
    yield from (f"output {name}: {value}" for name, value in sorted(recording.outputs.items()))


def _line(resource: Resource, depth: int, resources: dict[str, Resource]) -> str:
    indent = "  " * depth
    if not resource.custom:
        return f"{indent}{resource.type.removeprefix('contextfs:')} {resource.name}"
    kind = resource.type.split(":", 1)[1]
    kind = f"{kind.split('/')[0]}.{kind.rsplit(':', 1)[-1]}"
    shown = {name: resource.inputs[name] for name in _WORTH_SHOWING if name in resource.inputs}
    facts = [f"{name}={_short(value)}" for name, value in shown.items() if value != COMPUTED]
    after = _waits_for(resource, resources)
    marks = {"protected": resource.protect, "left by a destroy": resource.left}
    stays = [f"{name} stays" for name in resource.stays]
    told = [*facts, *stays, *(mark for mark, there in marks.items() if there)]
    return f"{indent}+ {kind} {resource.name}{' (' + ', '.join(told) + ')' if told else ''}{_after(after)}"


def _waits_for(resource: Resource, resources: dict[str, Resource]) -> list[str]:
    """Name what a resource waits for: by its group, when it waits for several of one."""
    groups: dict[str, list[str]] = {}
    for urn in resource.dependencies:
        if urn in resources and resources[urn].custom:
            groups.setdefault(resources[urn].parent, []).append(resources[urn].name)
    return sorted(
        {
            name
            for parent, names in groups.items()
            for name in ([f"all of {resources[parent].name}"] if len(set(names)) > _MANY else names)
        }
    )


def _after(names: list[str]) -> str:
    return f" <- {', '.join(names)}" if names else ""


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 90 else f"{text[:87]}..."
