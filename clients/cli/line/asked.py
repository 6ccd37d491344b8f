"""What `ctx search`, `ctx context` and `ctx memory list` were asked, as both of their variants take it."""

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from contextfs.kit.fields import Sensitivity, Visibility


class Asked(Struct, frozen=True):
    """A query, and within which bounds to look; what is None does not matter."""

    query: str
    type: str | None
    tags: list[str] | None
    since: str | None
    author: str | None
    tool: str | None
    branch: str | None
    visibility: "list[Visibility] | None"
    sensitivity: "list[Sensitivity] | None"
    limit: int
    mode: Literal["hybrid", "lexical", "semantic", "graph"]
    superseded: bool
    as_of: str | None
    explain: bool
    facets: bool


class Packing(Struct, frozen=True):
    """What a context pack is asked for; what is None does not matter."""

    task: str
    budget: int
    types: list[str] | None
    branch: str | None
    messages: bool
    superseded: bool
    as_of: str | None


class Listed(Struct, frozen=True):
    """Which memories to list; what is None does not matter."""

    type: str | None = None
    tags: list[str] | None = None
    since: str | None = None
    author: str | None = None
    superseded: bool = False
    deleted: bool = False
    as_of: str | None = None
    conflicted: bool | None = None
    limit: int = 20

    @property
    def is_narrowed(self) -> bool:
        """Tell whether it leaves some out by what they are."""
        return any((self.type, self.tags, self.since, self.author, self.deleted, self.as_of))
