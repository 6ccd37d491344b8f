"""What a memory states: the entities that it mentions, and its edges. Pure; the same on a server and on a laptop."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from contextfs.domain.graph.aliases import key_of
from contextfs.domain.graph.entities import entities
from contextfs.domain.graph.model import Edge, Mention, Stated
from contextfs.domain.graph.relations import closed, first_sentence, relations

_TITLED, _IN_BODY = 1.0, 0.8
_MOST_EDGES = 60


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """A memory as the graph reads it."""

    id: UUID
    type: str
    title: str
    text: str
    tags: Sequence[str] = ()
    paths: Sequence[str] = ()
    """The files, and symbols in them, that it is anchored to."""
    symbols: Sequence[str] = ()
    sessions: Sequence[UUID] = ()
    """Where it was learned."""
    overtaken_by: UUID | None = None


def memory_node(memory_id: UUID) -> str:
    """Name the node of a memory."""
    return f"memory:{memory_id}"


def session_node(session_id: UUID) -> str:
    """Name the node of a session."""
    return f"session:{session_id}"


def stated(memory: Telling) -> Stated:
    """Give all that the graph takes from a memory, in an order that depends on its text alone."""
    titled = entities(memory.title)
    found = {one.entity: one for one in (*titled, *_anchored(memory))}
    for one in entities(memory.text):
        known = found.get(one.entity)
        if known is None or (known.whole is not None and one.whole is None):
            found[one.entity] = msgspec.structs.replace(one, weight=_TITLED if known else _IN_BODY)
    edges = [*_stated(memory), *_fixed(memory, found.values()), *_decided(memory, titled), *_provenance(memory)]
    return Stated(mentions=tuple(found.values()), edges=tuple(dict.fromkeys(edges))[:_MOST_EDGES])


def _anchored(memory: Telling) -> Iterable[Mention]:
    """Give what a memory is anchored to: whatever its text says, it is about that."""
    yield from (one for path in memory.paths for one in entities(f"`{path}`") or [_file(path)])
    for symbol in memory.symbols:
        key = key_of("symbol", symbol)
        if key:
            yield Mention(kind="symbol", key=key, name=symbol)


def _file(path: str) -> Mention:
    return Mention(kind="file", key=key_of("file", path), name=path)


def _stated(memory: Telling) -> Iterable[Edge]:
    return (*relations(memory.title), *relations(memory.text))


def _fixed(memory: Telling, mentions: Iterable[Mention]) -> Iterable[Edge]:
    """Give what a memory tells the cure of: issues that it closes; of a fix, the errors that it names."""
    node = memory_node(memory.id)
    issues = dict.fromkeys([*closed(memory.title), *closed(memory.text)])
    errors = [one.entity for one in mentions if one.kind == "error"] if "fix" in memory.tags else []
    return [Edge(source=node, relation="fixes", target=one) for one in (*issues, *errors)]


def _decided(memory: Telling, titled: Sequence[Mention]) -> Iterable[Edge]:
    """Give what a decision was made for: the entities of its title and of its first sentence."""
    if memory.type != "decision":
        return []
    about = dict.fromkeys(one.entity for one in (*titled, *entities(first_sentence(memory.text))) if one.whole is None)
    return [Edge(source=memory_node(memory.id), relation="decided_for", target=one) for one in about]


def _provenance(memory: Telling) -> Iterable[Edge]:
    node = memory_node(memory.id)
    yield from (Edge(source=node, relation="derived_from", target=session_node(one)) for one in memory.sessions)
    if memory.overtaken_by is not None:
        yield Edge(source=memory_node(memory.overtaken_by), relation="supersedes", target=node)
