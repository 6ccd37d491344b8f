"""Search in the past: memories as they were known at a time, cut and compared by their words. The same on both sides.

Passages are made of what is known now, so what was known is read, cut and scored anew: that costs what there was, up to
`MOST` memories. No vectors are kept of texts that were replaced, so words alone are compared, and the answer says so.
Messages never change: of these, both legs look at those that were said by then.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from contextfs.domain.search.passages import chunk, context_line
from contextfs.domain.search.scan import scores
from contextfs.domain.search.tokens import terms
from contextfs.kit.languages import ENGLISH, Languages
from contextfs.kit.overtaken import Overtaken

MOST = 20_000
"""How many memories are looked at, the newest first."""

BY_WORDS = "semantic: memories of the past are compared by their words alone"
TOO_MANY = f"as_of: the newest {MOST:,} memories of that time were looked at"

_INSTANT = timedelta(microseconds=1)


class _Known(Protocol):
    """A memory as it was known."""

    @property
    def id(self) -> UUID: ...
    @property
    def type(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def content(self) -> str: ...
    @property
    def bodies(self) -> list[str]: ...
    @property
    def tags(self) -> list[str]: ...
    @property
    def visibility(self) -> str: ...
    @property
    def sensitivity(self) -> str | None: ...
    @property
    def valid_from(self) -> datetime | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def overtaken(self) -> Overtaken | None: ...


K = TypeVar("K", bound=_Known)


class Piece(NamedTuple, Generic[K]):
    """A passage of a memory as it was, with what its words are worth."""

    memory: K
    starts: int
    ends: int
    context: str
    body: str
    ordinal: int
    lexical: float | None


class Bounds(NamedTuple):
    """Which memories are looked at, beside their author; what is None does not matter."""

    types: Sequence[str] | None
    tags: Sequence[str] | None
    since: datetime | None
    until: datetime | None
    visibility: Sequence[str] | None
    sensitivity: Sequence[str] | None
    superseded: bool


def occurred(memory: _Known) -> datetime:
    """Give the date of a memory."""
    return memory.valid_from or memory.created_at


def within(memory: _Known, bounds: Bounds) -> bool:
    """Tell whether a memory lies within bounds."""
    at = occurred(memory)
    return (
        (bounds.types is None or memory.type in bounds.types)
        and {*(bounds.tags or ())} <= {*memory.tags}
        and (bounds.since is None or at >= bounds.since)
        and (bounds.until is None or at < bounds.until)
        and (bounds.visibility is None or memory.visibility in bounds.visibility)
        and (bounds.sensitivity is None or memory.sensitivity in bounds.sensitivity)
        and (bounds.superseded or memory.overtaken is None)
    )


def pieces(memories: Iterable[tuple[K, str]], words: Sequence[str], languages: Languages = ENGLISH) -> list[Piece[K]]:
    """Cut memories, each with the name of its project, and score them by the words of a question."""
    cuts: list[Piece[K]] = []
    said: list[list[str]] = []
    for memory, project in memories:
        context = context_line(project=project, title=memory.title or "", date=occurred(memory).date())
        for ordinal, part in enumerate(chunk("\n\n".join(memory.bodies or [memory.content]))):
            cuts.append(Piece(memory, part.start, part.end, context, part.text, ordinal, None))
            said.append(terms(f"{context}\n{part.text}", languages))
    worth = scores(said, words, languages)
    return [cut._replace(lexical=score) for cut, score in zip(cuts, worth, strict=True)]


def until(wanted: datetime | None, as_of: datetime) -> datetime:
    """Give the moment before which messages were said that were known then."""
    known = as_of + _INSTANT
    return known if wanted is None else min(wanted, known)
