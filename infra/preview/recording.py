"""What a program asked for: every resource with its inputs and dependencies, as plain values.

Secrets and values that only a cloud could tell are marked, never shown.
"""

from collections.abc import Iterator
from typing import Any, Final, cast

import msgspec

SECRET: Final = "[secret]"  # noqa: S105 - what stands in its place
COMPUTED: Final = "<computed>"

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The marks of Pulumi's wire format (sdk/python/lib/pulumi/runtime/rpc.py)."""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource as the program registered it. `dependencies` and `parent` are names of other resources (URNs).

    Inputs that `stays` names are as they were when it was made; what is `left` is there when the program drops it.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    dependencies: tuple[str, ...]
    property_dependencies: dict[str, tuple[str, ...]]
    protect: bool = False
    stays: tuple[str, ...] = ()
    left: bool = False
    provider: str = ""

    @property
    def label(self) -> str:
        """The type and name, for people."""
        return f"{self.type.rsplit(':', 1)[-1]} {self.name}"


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """All that a program asked for, in the order of its tree; `error` is what ended it, if something did."""

    stack: str
    resources: tuple[Resource, ...]
    outputs: dict[str, Any]
    warnings: tuple[str, ...] = ()
    error: str | None = None

    def of(self, type_: str) -> Iterator[Resource]:
        """The resources of a type: `gcp:pubsub/topic:Topic`."""
        return (resource for resource in self.resources if resource.type == type_)

    def by_urn(self) -> dict[str, Resource]:
        """The resources by their URNs."""
        return {resource.urn: resource for resource in self.resources}


def plain(value: Any) -> Any:
    """Read a value off the wire; secrets become `[secret]`, unknowns `<computed>`, assets their own marks."""
    if isinstance(value, list):
        return [plain(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return COMPUTED if value == _UNKNOWN else _number(value)
    return _marked(cast("dict[str, Any]", value))


def _marked(value: dict[str, Any]) -> Any:
    match value.get(_SIGNATURE):
        case None:
            return {key: plain(item) for key, item in value.items()}
        case mark if mark == _SECRET:
            return SECRET
        case mark if mark == _OUTPUT:
            return SECRET if value.get("secret") else plain(value.get("value", _UNKNOWN))
        case mark if mark == _RESOURCE:
            return value.get("urn")
        case _:
            return {"$asset": _asset(value)}


def _asset(value: dict[str, Any]) -> Any:
    """Name a file by its path and a text by its length; a whole archive by what is in it."""
    if "assets" in value:
        return {place: _asset(item) for place, item in value["assets"].items()}
    return value.get("path") or f"{len(value.get('text', ''))} letters"


def secret(value: Any = _UNKNOWN) -> dict[str, Any]:
    """A secret as the wire writes it; without a value, one that only the cloud will know."""
    return {_SIGNATURE: _SECRET, "value": value}


def _number(value: Any) -> Any:
    """The wire knows floats only: give whole numbers back as such."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def ordered(resources: list[Resource]) -> tuple[Resource, ...]:
    """Put resources in the order of their tree: parents first, then by type and name. Arrival is by chance."""
    children: dict[str, list[Resource]] = {}
    for resource in resources:
        children.setdefault(resource.parent, []).append(resource)

    def below(parent: str) -> Iterator[Resource]:
        for resource in sorted(children.get(parent, []), key=lambda one: (one.custom, one.type, one.name)):
            yield resource
            yield from below(resource.urn)

    return tuple(below(""))
