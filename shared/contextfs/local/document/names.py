"""What a memory's file is called: readable, stable, and legal on every file system."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID

from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.domain.memories.view import View
from contextfs.domain.redaction.model import MARKER
from contextfs.kit.pattern import pattern

SUFFIX = ".md"
SHORT = 12
"""Digits of a short id: the last twelve of the id are random, and as good as the whole among one's own."""

_NOT_PLAIN = pattern(r"[^a-z0-9]+")
_TYPE = pattern(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_LONGEST = 48
_WORDS = 8
# Windows takes these for devices, whatever follows the dot.
_RESERVED = pattern(r"(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)", re.IGNORECASE)
_SLUG = pattern(r"[a-z0-9]+(?:-[a-z0-9]+)*-?")
_ID = pattern(r"--([0-9a-f]{12,32})$")


def path_of(view: View, revisions: Iterable[Revision], *, whole_id: bool = False, called: str | None = None) -> str:
    """Give where the file lies below the folder of memories, `decision/use-psycopg--509a4a588a6d.md`.

    A pure function of the revisions: the title or the text that the memory began with names the file, so that it keeps
    its name, and two people who retitle it do not rename one file in two ways; unless something was taken out of what
    names it since: then it is named by what is left. `whole_id` is for memories whose short id another memory has too.
    `called` is how a file was called that brought the memory here, without its history.
    """
    digits = view.memory_id.hex if whole_id else short(view.memory_id)
    return f"{folder_of(view.fields.type)}/{called or slug_of(revisions)}--{digits}{SUFFIX}"


def slug_of(revisions: Iterable[Revision]) -> str:
    """Give what a memory's file is called, without its id."""
    return slug(_named_by(revisions))


def called(path: str, memory_id: UUID) -> str | None:
    """Give what a file is called without its id; None where that is no name that we would give."""
    name, _, digits = path.rpartition("/")[2].removesuffix(SUFFIX).rpartition("--")
    is_ours = digits in {short(memory_id), memory_id.hex} and len(name) <= _LONGEST + 1
    return name if is_ours and _SLUG.fullmatch(name) and not _RESERVED.fullmatch(name) else None


def folder_of(kind: str) -> str:
    """Give the folder of a type of memories."""
    return f"{kind}_" if _RESERVED.fullmatch(kind) else kind


def type_of(folder: str) -> str:
    """Give the type of the memories in a folder; in one whose name is no type they are facts."""
    kind = folder.removesuffix("_") if _RESERVED.fullmatch(folder.removesuffix("_")) else folder
    return kind if _TYPE.fullmatch(kind) else "fact"


def slug(text: str) -> str:
    """Give the first words of a text in small Latin letters; `memory` where none are left."""
    latin = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = _NOT_PLAIN.sub(" ", latin).split()[:_WORDS]
    name = "-".join(words)[:_LONGEST].strip("-")
    return f"{name}-" if _RESERVED.fullmatch(name) else name or "memory"


def short(memory_id: UUID) -> str:
    """Give the short id of a memory."""
    return memory_id.hex[-SHORT:]


def _named_by(revisions: Iterable[Revision]) -> str:
    known = sorted(revisions, key=lambda one: (one.clock, one.id))
    named = known[0].fields if len(known) == 1 else _begun(known)
    for one in known[1:]:
        if not _taken_out(one.fields) <= _taken_out(named):
            named = one.fields
    return named.title or _first(named)


def _begun(known: Sequence[Revision]) -> Fields:
    ids = {revision.id for revision in known}
    return next(one.fields for one in known if ids.isdisjoint(one.parents))


def _taken_out(fields: Fields) -> set[bytes]:
    """Give the marks of what was taken out of what a file may be named by."""
    return set(MARKER.findall(f"{fields.title or ''}\n{_first(fields)}".encode("utf-8", "surrogatepass")))


def _first(fields: Fields) -> str:
    return next((line for line in fields.content.splitlines() if line.strip()), "")
