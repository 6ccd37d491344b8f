"""What comes after what in a recording, and walks through inputs."""

from collections.abc import Iterator
from typing import Any, cast

from infra.preview.recording import Recording


class Graph:
    """The order that a recording's dependencies make."""

    def __init__(self, recording: Recording) -> None:
        self._resources = recording.by_urn()
        self._below: dict[str, list[str]] = {}
        for resource in recording.resources:
            self._below.setdefault(resource.parent, []).append(resource.urn)
        self._providers = {one.name: one.urn for one in recording.resources if one.type.startswith("pulumi:providers:")}
        self._known: dict[str, frozenset[str]] = {}

    def before(self, urn: str) -> frozenset[str]:
        """What has to be there before a resource is made; who waits for a group waits for all in it.

        A resource waits for its provider, and so for what that waits for.
        """
        if urn not in self._known:
            self._known[urn] = frozenset()
            resource = self._resources[urn]
            direct = {one for needed in resource.dependencies for one in self._whole(needed)}
            if resource.custom and resource.provider in self._providers:
                direct.add(self._providers[resource.provider])
            self._known[urn] = frozenset(direct).union(*(self.before(one) for one in direct))
        return self._known[urn]

    def _whole(self, urn: str) -> Iterator[str]:
        if urn in self._resources:
            yield urn
            if not self._resources[urn].custom:
                for child in self._below.get(urn, ()):
                    yield from self._whole(child)


def at(value: Any, path: str) -> list[Any]:
    """Give what stands at a path of inputs (`settings.ipConfiguration.sslMode`); `*` is every item of a list."""
    found = [value]
    for part in path.split("."):
        if part == "*":
            found = [item for one in found if isinstance(one, list) for item in cast("list[Any]", one)]
        else:
            found = [cast("dict[str, Any]", one).get(part) for one in found if isinstance(one, dict)]
    return found


def everywhere(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Walk through all values of inputs, each with its path."""
    yield path, value
    if isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from everywhere(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from everywhere(item, f"{path}.*")
