"""A memory's file: its text and its state, the one made of the other without loss.

---
id: 0198f3c2-…          front matter: the fields that are not at their default; no revision, no clock, no time of ours
type: decision
title: Use psycopg
tags: [database]
---

The body, as it is. Of a conflict all texts, with a marker line between them.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.model import Anchor, Confidence, MemoryType, Provenance
from contextfs.domain.memories.revisions import Fields, said_by
from contextfs.domain.memories.rules import canonical_type
from contextfs.kit.errors import ContextFSError, Invalid
from contextfs.kit.fields import Metadata, Moment, Sensitivity, Tags, Title, Visibility
from contextfs.kit.pattern import pattern
from contextfs.local.document import front_matter
from contextfs.local.document.front_matter import FENCE

MARKER: Final = "<!-- contextfs: another text of this memory: keep one of them, and delete the other with this line -->"

_LONGEST = 200_000
_BETWEEN: Final = f"\n\n{MARKER}\n\n"
_MARKED = pattern(rf"\n*^{re.escape(MARKER)}$\n*", re.MULTILINE)
_LIKE_MARKER = pattern(rf"^(\\*){re.escape(MARKER)}$", re.MULTILINE)
_ESCAPED = pattern(rf"^\\(\\*){re.escape(MARKER)}$", re.MULTILINE)
_CONFLICT = pattern(
    r"^<{7} .*\n(?P<ours>(?:.*\n)*?)(?:\|{7} .*\n(?:.*\n)*?)?={7}\n(?P<theirs>(?:.*\n)*?)>{7} .*(?:\n|\Z)", re.MULTILINE
)
_HEADLESS = pattern(r"(?:.*\n)?id:[ \t]*[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}[ \t]*\n(?:[\w-]+:.*\n)*---[ \t]*(?:\n|\Z)")
"""An id of ours above a fence, with a broken one or none before it: front matter, and no text that anybody meant."""

T = TypeVar("T")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says: the memory it is of, if it says so, and a state of it."""

    memory_id: UUID | None
    fields: Fields


class _Head(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The front matter of a file, in the order in which it is written."""

    id: UUID | None = None
    type: MemoryType | None = None
    title: Title | None = None
    tags: Tags = []
    pinned: bool = False
    visibility: Visibility = "project"
    sensitivity: Sensitivity | None = None
    confidence: Confidence | None = None
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    expires_at: Moment | None = None
    metadata: Metadata = {}
    provenance: Annotated[list[Provenance], Meta(max_length=100)] = []
    anchors: Annotated[list[Anchor], Meta(max_length=100)] = []


def render(memory_id: UUID, fields: Fields) -> str:
    """Write the file of a state; whether it is deleted is not said: a deleted memory has no file."""
    values: dict[str, Any] = {"id": str(memory_id)}
    for name in _Head.__struct_fields__[1:]:
        value = getattr(fields, name)
        if value is False or (name == "visibility" and value == "project"):
            continue
        values[name] = _time_text(value) if isinstance(value, datetime) else value
    body = _BETWEEN.join(
        _LIKE_MARKER.sub(rf"\\\g<1>{MARKER}", text) if MARKER in text else text for text in fields.bodies
    )
    return f"{FENCE}\n{front_matter.written(values)}{FENCE}\n\n{body}\n"


def parse(text: str, *, usual_type: str = "fact") -> Document:
    """Read a file; Invalid says what is wrong, and in which line. Without front matter it is a note without an id."""
    lines, body, first_line = _parts(normal(text).removeprefix("\ufeff"))
    head = _head(front_matter.read(lines, first_line=first_line))
    bodies = list(_bodies(body))
    if not bodies[0].strip():
        raise Invalid("there is no text below the front matter: write what is to be known")
    if max(map(len, bodies)) > _LONGEST:
        raise Invalid(f"the text is longer than {_LONGEST:,} characters: split it into several memories")
    plain: dict[str, Any] = msgspec.structs.asdict(head)
    memory_id, kind = plain.pop("id"), plain.pop("type")
    plain |= {name: tuple(msgspec.to_builtins(plain[name])) for name in ("tags", "provenance", "anchors")}
    fields = Fields(**plain, type=canonical_type(kind or usual_type), content=bodies[0], alternatives=tuple(bodies[1:]))
    return Document(memory_id=memory_id, fields=storable(fields))


def sides(text: str) -> tuple[str, ...]:
    """Give the versions in a text that git could not merge, ours first; else the text itself."""
    plain = normal(text)
    if not _CONFLICT.search(plain):
        return (text,)
    return (_CONFLICT.sub(lambda found: found["ours"], plain), _CONFLICT.sub(lambda found: found["theirs"], plain))


def normal(text: str) -> str:
    """Give a text with the line ends of Unix: git and editors may have others, and mean the same."""
    return text.replace("\r\n", "\n")


def same(left: Fields, right: Fields) -> bool:
    """Tell whether two states say the same, but for line ends and white space at the end that editors change."""
    return left == right or canonical(said_by(_trimmed(left))) == canonical(said_by(_trimmed(right)))


def storable(fields: Fields) -> Fields:
    """Give the fields back; Invalid for what no store could hold, such as a character zero."""
    canonical([fields.title, *fields.bodies, fields.metadata, *fields.provenance, *fields.anchors])
    return fields


def _parts(text: str) -> tuple[list[str], str, int]:
    """Split a file into the lines of its front matter, its body and the number of the first of those lines."""
    if text != FENCE and not text.startswith(f"{FENCE}\n"):
        if _HEADLESS.match(text):
            raise Invalid(f"the front matter has no beginning: write {FENCE} above it", where="line 1")
        return [], text.removesuffix("\n"), 1
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    if end is None:
        raise Invalid(f"the front matter has no end: write {FENCE} below it", where="line 1")
    body = "\n".join(lines[end + 1 :]).removeprefix("\n").removesuffix("\n")
    return lines[1:end], body, 2


def _head(values: dict[str, tuple[int, Any]]) -> _Head:
    unknown = next((name for name in values if name not in _Head.__struct_fields__), None)
    if unknown is not None:
        raise Invalid(f"there is no field `{unknown}`: put it under metadata", where=f"line {values[unknown][0]}")
    head: dict[str, Any] = {}
    for name, (number, value) in values.items():
        head[name] = _converted(name, value, number)
    return _Head(**head)


def _converted(name: str, value: Any, number: int) -> Any:
    if value is None:
        return _Head.__struct_defaults__[_Head.__struct_fields__.index(name)]
    try:
        return getattr(msgspec.convert({name: value}, _Head, strict=False), name)
    except msgspec.ValidationError as error:
        told = str(error).replace(f" - at `$.{name}`", "")
        raise Invalid(f"`{name}` cannot be read: {told}", where=f"line {number}") from None


def _bodies(body: str) -> Iterator[str]:
    for exact in body.split(_BETWEEN):
        for text in _MARKED.split(exact):
            yield _ESCAPED.sub(rf"\g<1>{MARKER}", text)


def _trimmed(fields: Fields) -> Fields:
    content, *others = (normal(text).rstrip() for text in fields.bodies)
    return msgspec.structs.replace(fields, content=content, alternatives=tuple(others))


def _time_text(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def told(error: ContextFSError) -> str:
    """Say what is wrong with a file, with the line where it is known."""
    return f"{error.where}: {error.detail}" if error.where else error.detail
