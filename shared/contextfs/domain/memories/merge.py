"""Concurrent revisions folded into one state, register by register.

A state is taken apart into registers: each plain field, the body, each metadata key, each tag, each piece of
provenance, each anchor. A revision writes a register if it shows another value than the fold of its parents does; a
revision without known parents writes all that it shows. Of a register's writes only those count that no other write
stands on (by parentage, whatever the clocks say). Several remain if they were made without knowledge of each other:

- plain fields and metadata keys: the last write by (clock, revision id); leaving a key out is a write like any other;
- tags, provenance, anchors: present if one of the writes is an addition, so an addition survives a concurrent removal
  exactly if it was itself made concurrently, not if it merely stood there before (an OR-set);
- the body: all different texts are kept, the last written first (a multi-value register). Nothing is ever composed;
- deleted: only if every head is, so whoever edits what another deletes keeps it visible.

Revisions that say the same without knowing of each other count as one (`agreement.py`).

What a revision wrote is told by the clocks now known. One that was made twice keeps its earlier clock, so another title
may be the last than the one that somebody saw and left as it was; the revision that he made then counts as writing his.
It has to: whoever saw the other title and wrote this one made the same revision, and the set cannot tell the two apart.
What was written must not be lost; what was left alone may be said once more.

A parent that is not at hand is as good as none. When it arrives, the fold is that of the larger set.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from contextfs.domain.memories.agreement import agreed
from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.revisions import Fields, Revision

Register = tuple[str, str]

_BODY: Final = ("body", "")
_PLAIN: Final = (
    *("type", "title", "visibility", "sensitivity", "confidence", "pinned"),
    *("valid_from", "valid_to", "expires_at"),
)
_OBJECTS: Final = ("provenance", "anchors")
_SETS: Final = frozenset({"tags", *_OBJECTS})
_ABSENT: Final = object()


class _Sight(NamedTuple):
    """What is seen from a revision, itself included; in sets of revisions bit n stands for the n-th by (clock, id)."""

    seen: int
    writes: dict[Register, int]
    shows: dict[Register, Any]


class Folded(NamedTuple):
    """The one state that several heads amount to, and the latest of those that nobody built on."""

    fields: Fields
    latest: Revision


def fold(heads: Sequence[Revision], known: Mapping[str, Revision]) -> Folded:
    """Give the one state that several heads, concurrent revisions among the `known` ones, amount to."""
    story = agreed(_since_fork(heads, known))
    ranked = sorted((node.revision for node in story), key=lambda revision: (revision.clock, revision.id))
    bits = {revision.id: 1 << rank for rank, revision in enumerate(ranked)}
    shown = [_registers(revision.fields) for revision in ranked]
    sights: list[_Sight] = []
    for node in story:
        before = _join([sights[parent] for parent in node.parents], shown)
        bit = bits[node.revision.id]
        sights.append(_after(before, shown[bit.bit_length() - 1], bit))
    built_on = {parent for node in story for parent in node.parents}
    tips = [number for number in range(len(story)) if number not in built_on]
    joined = _join([sights[tip] for tip in tips], shown)
    last = [story[tip].revision for tip in tips]
    return Folded(
        _fields(joined, ranked, deleted=all(tip.fields.deleted for tip in last)),
        max(last, key=lambda revision: (revision.clock, revision.id)),
    )


def _since_fork(heads: Sequence[Revision], known: Mapping[str, Revision]) -> list[Revision]:
    """List the revisions that decide the fold, parents first.

    The walk goes back until one revision is left on which everything else stands: its own snapshot is the fold of all
    that lies below it. That holds only while no other root was met.
    """
    children = Counter(parent for revision in known.values() for parent in revision.parents)
    ready = list(heads)
    met = {head.id for head in heads}
    story: list[Revision] = []
    roots = 0
    while ready:
        revision = ready.pop()
        story.append(revision)
        if len(story) == len(met) and not roots:
            break
        parents = [parent for parent in revision.parents if parent in known]
        roots += not parents
        met.update(parents)
        for parent in parents:
            children[parent] -= 1
            if not children[parent]:
                ready.append(known[parent])
    return story[::-1]


def _registers(fields: Fields) -> dict[Register, Any]:
    """Take a state apart; what is None is not shown at all, like a metadata key that is not there."""
    shows: dict[Register, Any] = {(name, ""): value for name in _PLAIN if (value := getattr(fields, name)) is not None}
    shows[_BODY] = fields.bodies
    for key, value in fields.metadata.items():
        # Spelled out, for Python takes 1 and True for equal.
        shows["metadata", key] = canonical(value)
    for tag in fields.tags:
        shows["tags", tag] = tag
    for name in _OBJECTS:
        for item in getattr(fields, name):
            shows[name, canonical(item)] = item
    return shows


def _after(before: _Sight, shows: dict[Register, Any], bit: int) -> _Sight:
    """Add one revision to what was seen before it: it writes where it shows something else.

    In which order the texts of a conflict are shown is nobody's writing: the clocks decide.
    """
    written = [register for register, value in shows.items() if before.shows.get(register, _ABSENT) != value]
    if _BODY in written and set(before.shows.get(_BODY, ())) == set(shows[_BODY]):
        written.remove(_BODY)
    written += before.shows.keys() - shows.keys()
    writes = {**before.writes, **dict.fromkeys(written, bit)} if written else before.writes
    return _Sight(before.seen | bit, writes, shows)


def _join(sights: Sequence[_Sight], shown: Sequence[dict[Register, Any]]) -> _Sight:
    """Fold what is seen from several revisions.

    A write remains if each side that has seen it still holds it: a side that has seen it and holds it no longer has
    written over it (an optimised OR-set: Bieniusa and others, 2012).
    """
    if len(sights) == 1:
        return sights[0]
    seen = 0
    union: dict[Register, int] = {}
    for sight in sights:
        seen |= sight.seen
        for register, held in sight.writes.items():
            union[register] = union.get(register, 0) | held
    for sight in sights:
        for register in union:
            union[register] &= sight.writes.get(register, 0) | ~sight.seen
    shows = {register: _value(register, writes, shown) for register, writes in union.items()}
    return _Sight(seen, union, {register: value for register, value in shows.items() if value is not _ABSENT})


def _value(register: Register, writes: int, shown: Sequence[dict[Register, Any]]) -> Any:
    if register == _BODY:
        return tuple(dict.fromkeys(text for rank in _ranks(writes) for text in shown[rank][_BODY]))
    if register[0] in _SETS:
        values = (shown[rank].get(register, _ABSENT) for rank in _ranks(writes))
        return next((value for value in values if value is not _ABSENT), _ABSENT)
    return shown[writes.bit_length() - 1].get(register, _ABSENT)


def _ranks(writes: int) -> Iterator[int]:
    """Name the bits that are set, the last by clock first."""
    while writes:
        rank = writes.bit_length() - 1
        writes ^= 1 << rank
        yield rank


def _fields(joined: _Sight, ranked: Sequence[Revision], *, deleted: bool) -> Fields:
    shows = joined.shows
    content, *alternatives = shows[_BODY]
    metadata = {
        key: ranked[joined.writes[name, key].bit_length() - 1].fields.metadata[key]
        for name, key in shows
        if name == "metadata"
    }
    sets = {kind: tuple(shows[name, key] for name, key in shows if name == kind) for kind in sorted(_SETS)}
    state: dict[str, Any] = {name: shows.get((name, "")) for name in _PLAIN}
    state |= {"content": content, "alternatives": tuple(alternatives), "metadata": metadata, "deleted": deleted} | sets
    return Fields(**state)
