"""Where scim2-server reads and writes: the directory's rows, inside the transaction of one request.

What a directory looks for most, a name or a foreign id, is looked for in the database; any other filter is evaluated
over all of the organization's users or groups, which are read for it. `follow` decides who is a member.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from scim2_models import (
    ForbiddenException,
    Meta,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimProvider,
    SearchRequest,
    UniquenessException,
)
from scim2_models.path import CompareOperator, Comparison
from scim2_server.memory import InMemoryStorage
from scim2_server.storage import ScimStorage, SearchPage

from contextfs.domain.scim import store
from contextfs.domain.scim.model import USER, Entry
from contextfs.kit.errors import Conflict, NotAllowed
from contextfs.kit.ports import Transaction

AnyResource = Resource[Any]
Follow = Callable[[Entry | None, Entry | None], None]

_SECRET: Final = "password"  # noqa: S105 - the name of the attribute that is never stored
_DERIVED: Final = frozenset({"id", "meta", _SECRET})


class DirectoryStorage(ScimStorage):
    """Users and groups of the organization whose claims the transaction has."""

    def __init__(
        self,
        tx: Transaction,
        provider: ScimProvider,
        *,
        org_id: UUID,
        now: datetime,
        new_id: Callable[[], UUID],
        follow: Follow,
    ) -> None:
        self._tx = tx
        self._provider = provider
        self._org_id = org_id
        self._now = now
        self._new_id = new_id
        self._follow = follow

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,  # noqa: ARG002 - whole resources are at hand
    ) -> AnyResource:
        """Read a user or group."""
        return self._resource(self._entry(resource_type, resource_id))

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """Read a page of users and groups; filters and orders are evaluated by scim2-server's own rules."""
        kinds = [str(kind.name) for kind in resource_types]
        found = store.entries(self._tx, kinds, **_known_by(kinds, search_request))
        memory = InMemoryStorage()
        memory.resources = [self._resource(entry) for entry in found]
        return memory.search(resource_types, search_request, position=position)

    def create(self, resource_type: ResourceType, resource: AnyResource) -> AnyResource:
        """Store a user or group, and let members follow."""
        made = store.insert(self._tx, self._org_id, self._new_id(), str(resource_type.name), _told(resource), self._now)
        if made is None:
            raise UniquenessException
        self._followed(None, made)
        return self._resource(made)

    def update(
        self, resource_type: ResourceType, resource: AnyResource, *, expected_version: str | None = None
    ) -> AnyResource:
        """Change a user or group, and let members follow."""
        before = self._entry(resource_type, str(resource.id), lock=True)
        _check_version(before, expected_version)
        after = store.update(self._tx, before, _told(resource), self._now)
        if after is None:
            raise UniquenessException
        self._followed(before, after)
        return self._resource(after)

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        """Forget a user or group, and let members follow."""
        before = self._entry(resource_type, resource_id, lock=True)
        _check_version(before, expected_version)
        store.delete(self._tx, before)
        self._followed(before, None)

    def operation(self) -> AbstractContextManager[None]:
        """Take back one operation of several when it fails, with what members followed."""
        return store.operation(self._tx)

    def _followed(self, before: Entry | None, after: Entry | None) -> None:
        try:
            self._follow(before, after)
        except Conflict as error:
            raise UniquenessException(detail=error.detail) from error
        except NotAllowed as error:
            raise ForbiddenException(detail=error.detail) from error

    def _entry(self, resource_type: ResourceType, resource_id: str, *, lock: bool = False) -> Entry:
        entry = store.get(self._tx, str(resource_type.name), resource_id, lock=lock)
        if entry is None:
            raise NotFoundException(detail=f"{resource_type.name} {resource_id!r} not found")
        return entry

    def _resource(self, entry: Entry) -> AnyResource:
        kind = next(one for one in self._provider.resource_types if one.name == entry.type)
        model = cast("type[AnyResource]", self._provider.model_for(kind))
        resource = model.model_validate(entry.resource | {"id": str(entry.id)})
        resource.meta = Meta(
            resource_type=entry.type,
            created=entry.created_at,
            last_modified=entry.updated_at,
            version=_version(entry),
        )
        return resource


def _told(resource: AnyResource) -> dict[str, Any]:
    """Give what a directory told, as it is stored: without what follows from the row, and without a password."""
    return {name: value for name, value in resource.model_dump(mode="json").items() if name not in _DERIVED}


def _version(entry: Entry) -> str:
    return f'W/"{entry.version}"'


def _check_version(entry: Entry, expected: str | None) -> None:
    if expected is not None and expected != _version(entry):
        raise PreconditionFailedException


def _known_by(kinds: list[str], request: SearchRequest[Any]) -> dict[str, str]:
    """Read from a filter the one name or foreign id that it looks for, if it looks for nothing else."""
    asked = None if request.filter is None else request.filter.ast
    if not isinstance(asked, Comparison) or asked.op != CompareOperator.eq or not isinstance(asked.value, str):
        return {}
    attribute = str(asked.attr_path).rsplit(":", 1)[-1].lower()
    if attribute == "username" and kinds == [USER]:
        return {"key": asked.value.casefold()}
    return {"external_id": asked.value} if attribute == "externalid" else {}
