"""Which memory stands for one that says the same, once consolidation or what was left behind changed how it stands."""

from contextfs.domain.memories.view import View, view
from contextfs.journeys.consolidate.retire import is_left_behind, mark_of
from contextfs.local.base.connection import Base
from contextfs.local.base.memories import revisions_of


def standing(base: Base, seen: View) -> View:
    """Give the memory that stands for one: where it was retired as a duplicate, the other one."""
    met = {seen.memory_id}
    while (mark := mark_of(seen.fields)) is not None and mark.kind == "duplicate" and mark.other_id not in met:
        known = revisions_of(base, mark.other_id) if mark.other_id else ()
        if not known:
            break
        seen = view(known)
        met.add(seen.memory_id)
    return seen


def waits(base: Base, seen: View, learner: str) -> bool:
    """Tell whether a memory is gone for no more than that all that taught it was left behind: nobody deleted it."""
    if not is_left_behind(seen.fields):
        return False
    return not any(one.fields.deleted and one.author != learner for one in revisions_of(base, seen.memory_id))
