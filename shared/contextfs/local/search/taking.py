"""Take in what changed since search has looked: memories and messages become passages, in short steps.

Memories are taken into the graph with that.
"""

from collections.abc import Callable

from contextfs.local.base.connection import Base
from contextfs.local.base.memories import shown
from contextfs.local.config import ProjectNamed
from contextfs.local.graph import rows as graph
from contextfs.local.search import due, making, sessions
from contextfs.local.search.queries import SQL

_BATCH = 200


def take_in(base: Base, project: ProjectNamed, *, progress: Callable[[str], None]) -> tuple[int, int]:
    """Take in all that is due; gives how many memories and how many sessions were looked at.

    The project's name stands in each passage: when it changed, everything is due. Each step is a transaction of its
    own: others write meanwhile, and a cut loses nothing.
    """
    if not due.is_of(base, project):
        with base.transaction():
            due.mark_all(base)
            due.remember(base, project)
    memories = 0
    while taken := _some(base, project.name):
        memories += taken
        progress(f"{memories:,} memories taken in …")
    return memories, sessions.take_in(base, project.name, progress=progress)


def _some(base: Base, project: str) -> int:
    with base.transaction():
        languages = due.languages(base)
        rows = base.all(SQL["dirty"], {"limit": _BATCH})
        for row in rows:
            base.run(SQL["clear_source"], {"source_id": row["memory_id"]})
            graph.forget(base, row["memory_id"])
            found = base.one(SQL["memory"], {"id": row["memory_id"]})
            if found is not None and not found["deleted"]:
                memory = shown(found)
                making.add(base, making.of_memory(memory, project, languages))
                graph.add(base, memory)
            base.run(SQL["clean"], row)
    return len(rows)
