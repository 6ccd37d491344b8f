"""The nouns of the graph: entities that texts mention, and edges that memories state.

A node is named by a text: `file:src/auth/login.py` is an entity, of its kind and its key; `memory:<id>` and
`session:<id>` are what it is mentioned in. An entity is nothing but its mentions: it exists for those who see one.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

EntityKind = Literal["person", "name", "file", "symbol", "package", "tool", "command", "host", "issue", "error"]
NodeKind = Literal[
    "memory", "session", "person", "name", "file", "symbol", "package", "tool", "command", "host", "issue", "error"
]
Relation = Literal[
    "mentions", "co_occurs", "fixes", "decided_for", "uses", "depends_on", "replaces", "supersedes", "derived_from"
]
EntityName = Annotated[str, Meta(min_length=1, max_length=300, description="`login.py`, or `file:src/auth/login.py`.")]

LONGEST_KEY = 200

HUB = 120
"""An entity that more memories mention leads nowhere."""

ENTITIES = 200
"""Entities that are looked at in each depth at the most."""

FURTHER = 60
"""Memories that were reached, from which it goes on, at the most."""


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """An entity that a text names: `key` is equal for every spelling, `name` as it was written.

    `whole` is the key of the longer name that this one is a part of: who writes `src/auth/login.py` mentions `login.py`
    too. None where it stands in the text itself. `weight` is from 0 to 1: how much the text is about it.
    """

    kind: EntityKind
    key: str
    name: str
    whole: str | None = None
    weight: float = 1.0

    @property
    def entity(self) -> str:
        """The name of its node."""
        return f"{self.kind}:{self.key}"


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a memory states: from one node to another, by the name of a relation."""

    source: str
    relation: Relation
    target: str


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """All that the graph takes from one memory."""

    mentions: tuple[Mention, ...] = ()
    edges: tuple[Edge, ...] = ()


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An edge as it is stored, a mention among them, with the memory that says so.

    `total` is how many memories mention the entity that a mention leads to: of one that very many mention it is a lower
    bound, and only the newest of them are linked.
    """

    memory: str
    source: str
    relation: Relation
    target: str
    name: str = ""
    weight: float = 1.0
    whole: str | None = None
    total: int = 1


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a path: a node, and the relation that led to it.

    The first one is where the walk began: an entity that the question `named`, or a memory that search `found`.
    """

    node: str
    name: str
    by: Relation | Literal["named", "found"]


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """A memory that a walk came to: how strongly, from 0 to 1, and by which paths, the strongest first."""

    strength: float
    paths: tuple[tuple[Step, ...], ...]


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A node as callers see it. `distance` counts edges from the one that was asked for."""

    id: str
    kind: NodeKind
    name: str
    distance: int
    memories: int | None = None
    """Of an entity: how many memories mention it, among those that were looked at."""


class ShownEdge(msgspec.Struct, frozen=True, kw_only=True):
    """An edge as callers see it; `memories` says which memories state it, `weight` how many they are."""

    source: str
    relation: Relation
    target: str
    weight: int
    memories: list[str]


class Neighbourhood(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what is around a node, nearest first, with the edges to what was shown before.

    `truncated` says that there was more than is ever read.
    """

    center: str | None
    nodes: list[Node]
    edges: list[ShownEdge]
    truncated: bool = False
    next_cursor: str | None = None
