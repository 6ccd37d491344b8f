"""How a memory is made and changed: from what was asked to the state of a revision, and from a view to the noun."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, cast, get_args
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.domain.memories.clock import Clock
from contextfs.domain.memories.model import (
    Anchor,
    AuthorKind,
    Confidence,
    Content,
    Memory,
    MemoryChange,
    MemoryType,
    NewMemory,
    Provenance,
)
from contextfs.domain.memories.revisions import Fields
from contextfs.domain.memories.view import View
from contextfs.kit.errors import Invalid
from contextfs.kit.fields import Metadata, Moment, Sensitivity, Tags, Title, Visibility
from contextfs.kit.overtaken import RETIRED, overtaken
from contextfs.kit.pattern import pattern
from contextfs.kit.sha256 import sha256

SAID_BY = "said_by"
"""The key in a learned memory's metadata that tells who said it; a memory without it was written by a person."""

LEARNED_BY = "learned_by"
"""The key in a learned memory's metadata that tells what learned it: rules, or a language model."""

LEARNER = "platform"
"""Who learns and consolidates, as revisions name the author: here and on a server."""

_PREFIX = "memory_"
_OURS = frozenset({"fact", "episodic", "procedural", "user", "decision"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_WORDS = pattern(r"[\W_]+")
_ASCII_WORDS = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


class _Acceptable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits of a state, which are those of what creates and changes a memory."""

    type: MemoryType
    content: Content
    visibility: Visibility
    alternatives: Annotated[list[Content], Meta(max_length=100)]
    deleted: bool
    title: Title | None
    tags: Tags
    metadata: Metadata
    sensitivity: Sensitivity | None
    confidence: Confidence | None
    pinned: bool
    valid_from: Moment | None
    valid_to: Moment | None
    expires_at: Moment | None
    provenance: Annotated[list[Provenance], Meta(max_length=100)]
    anchors: Annotated[list[Anchor], Meta(max_length=100)]


def told_type(name: str) -> str:
    """Give a type as logs tell it: a word of somebody's own may say what a private memory is about."""
    return name if name in _OURS else "own"


def canonical_type(name: str) -> str:
    """Read a type in either spelling: `memory_fact` is `fact`."""
    return name.removeprefix(_PREFIX) or name


def fingerprint(kind: str, content: str) -> str:
    """Name a text so that spacing, case and punctuation do not matter: equal names are the same memory said twice."""
    return sha256(f"{canonical_type(kind)}\n{gist(content)}".encode()).hexdigest()[:32]


def gist(content: str) -> str:
    """Give what a fingerprint is made of, beside the type."""
    return _words(content) or content


def _words(content: str) -> str:
    if content.isascii():  # the same, ten times as fast
        return " ".join(content.translate(_ASCII_WORDS).split())
    return _NOT_WORDS.sub(" ", unicodedata.normalize("NFKC", content).casefold()).strip()


def author_kind(fields: Fields) -> AuthorKind:
    """Tell who said what a state says."""
    return said_by(fields.metadata)


def said_by(metadata: Mapping[str, Any]) -> AuthorKind:
    """Tell from a memory's metadata who said what it says."""
    told = metadata.get(SAID_BY)
    return cast("AuthorKind", told) if told in get_args(AuthorKind) else "human"


def acceptable(fields: Fields) -> Fields:
    """Give a state that was made elsewhere back; Invalid when no memory may hold it, with the place in `where`."""
    plain = msgspec.structs.asdict(fields) | {"tags": list(fields.tags), "provenance": list(fields.provenance)}
    plain |= {"anchors": list(fields.anchors), "alternatives": list(fields.alternatives)}
    try:
        msgspec.convert(plain, _Acceptable)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `")
        from contextfs.kit.expected import in_words  # noqa: PLC0415 - only for what is wrong

        raise Invalid(in_words(what), where=where.rstrip("`") or None) from None
    return fields


def fields_of(new: NewMemory) -> Fields:
    """Give the first state of a memory."""
    plain = msgspec.structs.asdict(new) | {"type": new.kind}
    taken = {name: plain[name] for name in Fields.__struct_fields__ if name in plain}
    return _fields(taken)


def fields_said(new: NewMemory) -> Fields:
    """Give the first state of a memory that tells itself whose word it is, where that is nobody's who works here."""
    fields = fields_of(new)
    if new.author_kind == "human":
        return fields
    return msgspec.structs.replace(fields, metadata={**fields.metadata, SAID_BY: new.author_kind})


def changed(fields: Fields, change: MemoryChange) -> Fields:
    """Give the state after a change; new content chooses among the texts of a conflict."""
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
    if "content" in given:
        given["alternatives"] = ()
    return _fields(msgspec.structs.asdict(_unmarked(fields)) | given)


def removed(fields: Fields) -> Fields:
    """Give the state of a memory that somebody deletes."""
    return msgspec.structs.replace(_unmarked(fields), deleted=True)


def is_retired(fields: Fields, kind: object) -> bool:
    """Tell whether a mark of a kind holds: what was contradicted has an end, all else that is retired is deleted."""
    return fields.valid_to is not None if kind == "contradiction" else fields.deleted


def _unmarked(fields: Fields) -> Fields:
    """Take away a mark that says nothing any more: what is done next could make it say something again."""
    mark = fields.metadata.get(RETIRED)
    if mark is None or (isinstance(mark, dict) and is_retired(fields, cast("dict[str, Any]", mark).get("as"))):
        return fields
    metadata = {name: value for name, value in fields.metadata.items() if name != RETIRED}
    return msgspec.structs.replace(fields, metadata=metadata)


def shown(
    view: View,
    *,
    project_id: UUID,
    author_id: UUID,
    author_kind: AuthorKind,
    session_id: UUID | None,
    created_at: datetime,
    updated_at: datetime,
) -> Memory:
    """Give the noun that callers see."""
    plain = msgspec.structs.asdict(view.fields)
    kept = {name: plain[name] for name in Memory.__struct_fields__ if name in plain}
    lists: dict[str, Any] = {name: list(plain[name]) for name in ("tags", "provenance", "anchors")}
    return Memory(
        **(kept | lists),
        id=view.memory_id,
        project_id=project_id,
        author_id=author_id,
        author_kind=author_kind,
        session_id=session_id,
        conflicted=view.conflicted,
        bodies=list(view.bodies) if view.conflicted else [],
        version=view.version,
        created_at=created_at,
        updated_at=updated_at,
    )


def moment_of(clock: str) -> datetime:
    """Give the time in a clock's text."""
    return _EPOCH + timedelta(milliseconds=Clock.parse(clock).millis)


def dated(memory: Memory, at: datetime) -> Memory:
    """Give a memory that says whether it held no longer at a time."""
    over = overtaken(valid_to=memory.valid_to, expires_at=memory.expires_at, metadata=memory.metadata, at=at)
    return memory if over is None else msgspec.structs.replace(memory, overtaken=over)


def _fields(values: dict[str, Any]) -> Fields:
    plain: dict[str, Any] = {
        "type": canonical_type(values["type"]),
        "tags": tuple(values["tags"]),
        "provenance": tuple(msgspec.to_builtins(item) for item in values["provenance"]),
        "anchors": tuple(msgspec.to_builtins(item) for item in values["anchors"]),
    }
    return Fields(**(values | plain))
