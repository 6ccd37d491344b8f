"""Memories to test with: states, clocks, arbitrary histories, and the law of the fold in its slow reading."""

from collections.abc import Iterable
from math import prod
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.clock import Clock
from contextfs.domain.memories.revisions import Fields, Revision

MEMORY = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
TIMES = ("valid_from", "valid_to", "expires_at")
PLAIN = ("type", "title", "visibility", "sensitivity", "confidence", "pinned", *TIMES)
SETS = ("tags", "provenance", "anchors")


def state(content: str = "We deploy on Fridays.", **given: Any) -> Fields:
    plain: dict[str, Any] = {"type": "fact", "visibility": "project", "content": content}
    return Fields(**(plain | given))


def stamp(millis: int, count: int = 0) -> str:
    return str(Clock(millis=millis, count=count))


def root(fields: Fields, *, clock: str | None = None, author: str = "ann") -> Revision:
    return Revision(memory_id=MEMORY, fields=fields, author=author, clock=clock or stamp(0))


def add(*parents: Revision, clock: int = 0, author: str = "ben", **changed: Any) -> Revision:
    """Make a revision of the first parent's state, changed."""
    names = Fields.__struct_fields__
    fields = Fields(**({name: getattr(parents[0].fields, name) for name in names} | changed))
    ids = tuple(parent.id for parent in parents)
    return Revision(memory_id=MEMORY, parents=ids, fields=fields, author=author, clock=stamp(clock))


_CHOICES: dict[str, tuple[Any, ...]] = {
    "content": ("one", "two", "three"),
    "title": (None, "A", "B"),
    "alternatives": ((), (), ("two",), ("four", "one")),
    "tags": ((), ("x",), ("y",), ("x", "y")),
    "metadata": ({}, {"k": 1}, {"k": True}, {"k": 2, "m": "q"}, {"m": "r"}),
    "anchors": ((), ({"path": "a.py"},), ({"path": "b.py"}, {"path": "a.py"})),
    "deleted": (False, True),
    "back": ((1,), (2,), (1, 2), (1, 3), (), (2, 4), (1, 2, 3)),
    "clock": (stamp(0), stamp(1), stamp(1, 1), stamp(-(10**12)), stamp(2 * 10**14)),
    "author": ("ann", "ben"),
}
_STEPS = st.integers(0, prod(len(choices) for choices in _CHOICES.values()) - 1)


def _history(steps: list[int]) -> list[Revision]:
    """Build each revision on some of those before it, so many steps back; none of these is another beginning."""
    made: list[Revision] = []
    for step in steps:
        chosen = _chosen(step)
        back: tuple[int, ...] = chosen.pop("back")
        parents = tuple(made[-n].id for n in back if n <= len(made))
        clock, author = chosen.pop("clock"), chosen.pop("author")
        revision = Revision(memory_id=MEMORY, parents=parents, fields=state(**chosen), author=author, clock=clock)
        made.append(revision)
    return made


def _chosen(step: int) -> dict[str, Any]:
    """Read one number as one choice of each kind: hypothesis draws numbers fast, and shrinks them to the plainest."""
    chosen: dict[str, Any] = {}
    for name, choices in _CHOICES.items():
        step, digit = divmod(step, len(choices))
        chosen[name] = choices[digit]
    return chosen


def histories(most: int = 8) -> st.SearchStrategy[list[Revision]]:
    """Any set of revisions, parents first: forks, criss-cross merges, several roots, parents that are each other's."""
    return st.lists(_STEPS, min_size=1, max_size=most).map(_history)


def states() -> st.SearchStrategy[Fields]:
    """Any state of these."""
    return histories(1).map(lambda history: history[0].fields)


def slowly(revisions: Iterable[Revision]) -> dict[str, Any]:
    """Fold by the words of the law: find every write, and of each register the writes that no other stands on."""
    nodes = told_once(revisions)
    above = {name: _above(nodes, name) for name in nodes}
    shown: dict[frozenset[str], dict[str, Any]] = {}

    def shows(heads: frozenset[str]) -> dict[str, Any]:
        if heads not in shown:
            [name, *others] = heads or [""]
            shown[heads] = folded(heads) if others or not name else taken_apart(nodes[name][0].fields)
        return shown[heads]

    def writes(name: str, register: str) -> bool:
        old = shows(frozenset(nodes[name][1])).get(register)
        new = taken_apart(nodes[name][0].fields).get(register)
        return set(new or ()) != set(old or ()) if register == "body" else new != old

    def folded(heads: frozenset[str]) -> dict[str, Any]:
        story = set(heads).union(*(above[head] for head in heads))
        state: dict[str, Any] = {}
        for register in {register for name in story for register in taken_apart(nodes[name][0].fields)}:
            made = {name for name in story if writes(name, register)}
            last = made - {name for name in made if any(name in above[other] for other in made)}
            values = [
                taken_apart(nodes[name][0].fields).get(register)
                for name in sorted(last, key=lambda name: (nodes[name][0].clock, nodes[name][0].id), reverse=True)
            ]
            if register == "body":
                state[register] = tuple(dict.fromkeys(text for value in values for text in value or ()))
            elif register.startswith(SETS):
                state[register] = next((value for value in values if value), None)
            else:
                state[register] = values[0]
        return {register: value for register, value in state.items() if value is not None}

    heads = frozenset(nodes.keys() - {parent for _, parents in nodes.values() for parent in parents})
    deleted = all(nodes[head][0].fields.deleted for head in heads)
    return {**shows(heads), "deleted": deleted}


Node = tuple[Revision, set[str]]


def told_once(revisions: Iterable[Revision]) -> dict[str, Node]:
    """Make one node of each two revisions that say the same and do not stand on each other, and name its parents."""
    claims = sorted(revisions, key=lambda revision: (revision.clock, revision.author), reverse=True)
    known = {revision.id: revision for revision in claims}
    nodes: dict[str, Node] = {name: (one, set(one.parents) & known.keys()) for name, one in known.items()}
    into = {name: name for name in known}
    said = {name: _said(one.fields) for name, one in known.items()}
    for left in sorted(known):
        for right in sorted(known):
            here, there = into[left], into[right]
            if here == there or said[left] != said[right]:
                continue
            if here in _above(nodes, there) or there in _above(nodes, here):
                continue
            revision = min(nodes[here][0], nodes[there][0], key=lambda one: (one.clock, one.id))
            parents = nodes[here][1] | nodes.pop(there)[1]
            nodes[here] = (revision, parents)
            into = {name: here if node == there else node for name, node in into.items()}
            nodes = {name: (one, {into[above] for above in ups}) for name, (one, ups) in nodes.items()}
    return nodes


def taken_apart(fields: Fields) -> dict[str, Any]:
    """Name every register of a state that holds something."""
    parts: dict[str, Any] = {name: getattr(fields, name) for name in PLAIN if getattr(fields, name) is not None}
    parts["body"] = (fields.content, *fields.alternatives)
    parts |= {f"metadata.{key}": canonical(value) for key, value in fields.metadata.items()}
    return parts | {f"{name}.{canonical(item)}": True for name in SETS for item in getattr(fields, name)}


def _said(fields: Fields) -> dict[str, Any]:
    """Take a state apart, whichever text of a conflict it shows first."""
    return {**taken_apart(fields), "body": set(fields.bodies), "deleted": fields.deleted}


def _above(nodes: dict[str, Node], name: str) -> set[str]:
    parents = nodes[name][1]
    return parents.union(*(_above(nodes, parent) for parent in parents))
