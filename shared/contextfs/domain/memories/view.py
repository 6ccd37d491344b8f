"""The view: what a memory looks like now, a pure function of the set of its revisions.

Replicas that hold the same revisions show the same view, in whatever order, how often and in whatever parts these came.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from uuid import UUID

import msgspec

from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.revisions import Fields, Revision, gathered, said_by
from contextfs.kit.errors import Invalid
from contextfs.kit.sha256 import sha256


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A memory as it stands: the state in `fields`, and what it was computed from.

    `heads` are the ids of the revisions that nobody has built on yet, sorted; `version` is 16 hex digits that change
    whenever the heads do (an ETag). `created` is of the first revision at hand, `updated` of the latest head.
    """

    memory_id: UUID
    fields: Fields
    heads: tuple[str, ...]
    version: str
    created_by: str
    created_clock: str
    updated_by: str
    updated_clock: str

    @property
    def content(self) -> str:
        """The body that is shown first: of a conflict, the one written last."""
        return self.fields.content

    @property
    def bodies(self) -> tuple[str, ...]:
        """Every body that somebody wrote and nobody has replaced: one, or all sides of a conflict."""
        return self.fields.bodies

    @property
    def conflicted(self) -> bool:
        """Whether there are several bodies, and a person or an explicit call has to choose."""
        return bool(self.fields.alternatives)

    @property
    def deleted(self) -> bool:
        """Whether the memory is deleted in all its heads."""
        return self.fields.deleted


def view(revisions: Iterable[Revision]) -> View:
    """Compute the view of one memory from its revisions, in any order and number of copies, with or without gaps.

    `Invalid` if there are none, or if they are of several memories.
    """
    known = gathered(revisions)
    if len(known) == 1:
        [only] = known.values()
        return _shown([only.id], only.fields, begun=only, latest=only)
    _of_one_memory(known)
    built_on = {parent for revision in known.values() for parent in revision.parents}
    heads = tuple(known[name] for name in sorted(known.keys() - built_on))
    if not heads:
        raise Invalid("the revisions are each other's parents; drop them and fetch them again")
    by_time = attrgetter("clock", "id")
    begun = min((one for one in known.values() if known.keys().isdisjoint(one.parents)), key=by_time)
    [last, *others] = heads
    fields, latest = _folded(heads, known) if others else (last.fields, last)
    return _shown([head.id for head in heads], fields, begun=begun, latest=latest)


def change(seen: View, fields: Fields, *, author: str, clock: str) -> Revision | None:
    """Make the revision that leads from a view to another state, or None if the state is the same.

    Its parents are the heads that were seen, so it overrides these and nothing that its author did not know. A conflict
    stays open for as long as `fields.alternatives` says so; see `resolve`.
    """
    if canonical(said_by(fields)) == canonical(said_by(seen.fields)):
        return None
    return Revision(memory_id=seen.memory_id, parents=seen.heads, fields=fields, author=author, clock=clock)


def resolve(seen: View, content: str, *, author: str, clock: str) -> Revision | None:
    """Settle a conflict: this is the body, and the alternatives are gone. None if that is how it stands."""
    return change(
        seen,
        msgspec.structs.replace(seen.fields, content=content, alternatives=()),
        author=author,
        clock=clock,
    )


def _shown(heads: Sequence[str], fields: Fields, *, begun: Revision, latest: Revision) -> View:
    return View(
        memory_id=begun.memory_id,
        fields=fields,
        heads=tuple(heads),
        version=sha256(" ".join(heads).encode()).hexdigest()[:16],
        created_by=begun.author,
        created_clock=begun.clock,
        updated_by=latest.author,
        updated_clock=latest.clock,
    )


def _folded(heads: Sequence[Revision], known: Mapping[str, Revision]) -> tuple[Fields, Revision]:
    from contextfs.domain.memories.merge import fold  # noqa: PLC0415 - few memories have several heads

    return fold(heads, known)


def _of_one_memory(known: dict[str, Revision]) -> None:
    memories = {revision.memory_id for revision in known.values()}
    if len(memories) != 1:
        raise Invalid(f"a view is of the revisions of one memory; these are of {len(memories)}")
