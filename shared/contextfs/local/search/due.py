"""What is due: whether the index is there, and what changed since search has looked. Every search begins here."""

from typing import TYPE_CHECKING, Literal, NamedTuple
from uuid import UUID

from contextfs.kit.languages import ENGLISH, Languages
from contextfs.local.base.connection import Base
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.search.queries import SQL

if TYPE_CHECKING:
    from contextfs.local.config import ProjectNamed

FORMAT = "5"
"""What passages are made of: terms, chunks, trust, sensitivity, their end; and the graph beside them.

When that changes, this does, and they are made anew.
"""

_FORMAT, _PROJECT = "search format", "search project"


class Due(NamedTuple):
    """How many memories and sessions search takes in with its next answer, and how many passages have no vector yet."""

    memories: int
    sessions: int
    passages: int


def made_of(languages: Languages) -> str:
    """Name what passages are made of, in languages beside English."""
    return f"{FORMAT} {','.join(languages)}" if languages else FORMAT


def prepare(base: Base, languages: Languages = ENGLISH) -> Literal["version", "languages"] | None:
    """See to it that the index has its tables; tells in what it was made otherwise, where it is made anew for that."""
    known = mark(base, _FORMAT)
    if known == made_of(languages):
        return None
    is_of_now = is_made(base)
    with base.transaction():
        if mark(base, _FORMAT) != made_of(languages):
            make_anew(base, languages)
    if known is None:
        return None
    return "languages" if is_of_now else "version"


def is_made(base: Base) -> bool:
    """Tell whether the index has its tables, in this format."""
    return (mark(base, _FORMAT) or "").partition(" ")[0] == FORMAT


def languages(base: Base) -> Languages:
    """Tell in which languages beside English words are known in passages."""
    codes = (mark(base, _FORMAT) or "").partition(" ")[2]
    return tuple(codes.split(",")) if codes else ENGLISH


def make_anew(base: Base, languages: Languages = ENGLISH) -> None:
    """Begin the index again, empty: everything is due. Vectors stay."""
    with base.transaction():
        base.script("contextfs.local.search")
        base.script("contextfs.local.graph")
        mark_all(base)
        set_mark(base, _FORMAT, made_of(languages))


def is_of(base: Base, project: "ProjectNamed") -> bool:
    """Tell whether passages were made for a project of this id and name."""
    return mark(base, _PROJECT) == f"{project.id} {project.name}"


def remember(base: Base, project: "ProjectNamed") -> None:
    """Remember for which project passages are made."""
    set_mark(base, _PROJECT, f"{project.id} {project.name}")


def project_id(base: Base) -> UUID:
    """Give the id of the project that passages were made for."""
    return UUID((mark(base, _PROJECT) or str(UUID(int=0))).partition(" ")[0])


def mark_all(base: Base) -> None:
    """Have everything looked at again."""
    with base.transaction():
        base.run(SQL["all_dirty"])
        if keeps_sessions(base):
            base.run(SQL["all_sessions_dirty"])


def is_due(base: Base) -> bool:
    """Tell whether anything changed since search has looked."""
    return _says(base, "is_dirty") or is_any_session_due(base)


def counted(base: Base) -> Due:
    """Count what is due; passages that are not made yet are none that lack a vector."""
    return Due(
        memories=_count(base, "dirty_count", "due"),
        sessions=_count(base, "dirty_session_count", "due") if keeps_sessions(base) else 0,
        passages=_count(base, "waiting_count", "waiting") if is_made(base) else 0,
    )


def is_any_session_due(base: Base) -> bool:
    """Tell whether any session has something that search has not looked at."""
    return keeps_sessions(base) and _says(base, "is_any_session_dirty")


def keeps_sessions(base: Base) -> bool:
    """Tell whether this store keeps sessions."""
    return _says(base, "has_sessions")


def _count(base: Base, query: str, column: str) -> int:
    return (base.one(SQL[query]) or {column: 0})[column]


def _says(base: Base, query: str) -> bool:
    return bool((base.one(SQL[query]) or {"is_so": 0})["is_so"])
