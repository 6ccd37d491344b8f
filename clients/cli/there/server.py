"""The server that a command talks to, and what people name there: projects by name, things by a part of their id."""

from collections.abc import Iterable
from typing import Protocol, TypeVar
from uuid import UUID

from contextfs.client import ContextFS
from contextfs.kit.errors import Invalid, NotFound

_LEAST_DIGITS = 6
_MOST_LOOKED_AT = 5000
_DIGITS = 32


class _Thing(Protocol):
    @property
    def id(self) -> UUID: ...


T = TypeVar("T", bound=_Thing)


def opened() -> ContextFS:
    """Make a client of the server that the environment names, or of this machine's, or of the one of a login."""
    return ContextFS(attempts=4, or_login=True)


def project_id(client: ContextFS, named: str | None) -> UUID:
    """Give the project of a name or an id, or the usual one; Invalid when nothing says which is meant."""
    if named is None:
        return client.address.project_id or _only(client)
    found = as_id(named)
    if found is not None:
        return found
    project = next(iter(client.projects.list(name=named)), None)
    if project is None:
        raise NotFound(f"There is no project {named!r}; there are: {_names(client)}.")
    return project.id


def project_ids(client: ContextFS, named: str | None) -> list[UUID] | None:
    """Give the projects to look in: the named one, or None for all."""
    return None if named is None else [project_id(client, named)]


def whole_id(text: str, things: Iterable[T], noun: str) -> UUID:
    """Give the id that starts or ends with some digits; a whole one is taken as it is.

    NotFound when none does, Invalid when several do. `things` is read only for a part of an id, newest first.
    """
    found = as_id(text)
    if found is not None:
        return found
    digits = text.replace("-", "").lower()
    if len(digits) < _LEAST_DIGITS or len(digits) >= _DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise Invalid(
            f"{text!r} is not an id: give the whole one, or at least {_LEAST_DIGITS} of its first or last digits."
        )
    matching = [
        thing.id
        for _, thing in zip(range(_MOST_LOOKED_AT), things, strict=False)
        if thing.id.hex.endswith(digits) or thing.id.hex.startswith(digits)
    ]
    if not matching:
        raise NotFound(f"There is no {noun} whose id starts or ends with {text}.")
    if len(matching) > 1:
        raise Invalid(f"{len(matching)} ids start or end with {text}: give more digits.")
    return matching[0]


def as_id(text: str) -> UUID | None:
    """Read a whole id, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _only(client: ContextFS) -> UUID:
    page = client.projects.list(page_size=2).page()
    if len(page.items) == 1:
        return page.items[0].id
    raise Invalid(f"Name the project: --project NAME, or CONTEXTFS_PROJECT. There are: {_names(client)}.")


def _names(client: ContextFS) -> str:
    names = [project.name for project in client.projects.list(page_size=20).page().items]
    return ", ".join(names) or "none yet"
