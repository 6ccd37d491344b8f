"""What a memory's file is called: readable, stable, and legal on every file system."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
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
_RESERVED = pattern(r"(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)", re.IGNORECASE)
_FORBIDDEN = r"\x00-\x1f\x7f-\x9f<>:\"/\\|?*\ud800-\udfff"
_CALLED = pattern(rf"([^. {_FORBIDDEN}][^{_FORBIDDEN}]*)--([0-9a-f]{{12,32}})\.md")
_LONGEST_CALLED = 200


def path_of(view: View, revisions: Iterable[Revision], *, whole_id: bool = False) -> str:
    """Give where a file of ours lies below the folder of memories, `decision/use-psycopg--509a4a588a6d.md`.

    A pure function of the revisions: the title or the text that the memory began with names the file, so that it keeps
    its name, and two people who retitle it do not rename one file in two ways; unless something was taken out of what
    names it since: then it is named by what is left. `whole_id` is for memories whose short id another memory has too.
    """
    digits = view.memory_id.hex if whole_id else short(view.memory_id)
    return f"{folder_of(view.fields.type)}/{slug(_line(_naming(revisions)[-1]))}--{digits}{SUFFIX}"


def may_keep(name: str, memory_id: UUID) -> bool:
    """Tell whether a memory's file may be called so: with the memory's id at the end, and legally on every system.

    Forbidden is what Windows forbids, and a dot or a space in front.
    """
    found = _CALLED.fullmatch(name)
    if found is None or found[2] not in {short(memory_id), memory_id.hex}:
        return False
    is_short = len(name.encode()) <= _LONGEST_CALLED
    return is_short and not _RESERVED.fullmatch(name.partition(".")[0].rstrip(" "))


def alike(path: str) -> str:
    """Give what the spellings of a path share that some file systems take for one, in capitals and accents."""
    return unicodedata.normalize("NFC", path).casefold()


def is_given_up(name: str, revisions: Iterable[Revision], *, shown: Collection[str]) -> bool:
    """Tell whether a file's name may tell what was taken out of its memory since.

    `shown` are the ids of the revisions that the file shows. A name that somebody gave may tell anything that the
    memory said then: it is given up whatever was taken out. That of a file that shows none is so where it is a former
    one of ours.
    """
    known = list(revisions)
    parents = {parent for one in known for parent in one.parents}
    before = [one.fields for one in known if one.id in shown]
    now = [one.fields for one in known if one.id not in parents]
    if before and not _all_taken_out(now) <= _all_taken_out(before):
        return True
    *former, last = (slug(_line(one)) for one in _naming(known))
    return name.rpartition("--")[0].lower() in {*former} - {last}


def digits_of(path: str) -> str | None:
    """Give the short id of the memory that a file's name ends with; None where it ends with none."""
    found = _CALLED.fullmatch(path.rpartition("/")[2])
    return found[2][-SHORT:] if found else None


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


def _naming(revisions: Iterable[Revision]) -> list[Fields]:
    """Give the states that named a memory's file: its beginning, and each since in which more was taken out of it."""
    known = sorted(revisions, key=lambda one: (one.clock, one.id))
    naming = [known[0].fields if len(known) == 1 else _begun(known)]
    for one in known[1:]:
        if not _taken_out(one.fields) <= _taken_out(naming[-1]):
            naming.append(one.fields)
    return naming


def _line(fields: Fields) -> str:
    return fields.title or _first(fields)


def _begun(known: Sequence[Revision]) -> Fields:
    ids = {revision.id for revision in known}
    return next(one.fields for one in known if ids.isdisjoint(one.parents))


def _taken_out(fields: Fields) -> set[bytes]:
    """Give the marks of what was taken out of what a file may be named by."""
    return set(MARKER.findall(f"{fields.title or ''}\n{_first(fields)}".encode("utf-8", "surrogatepass")))


def _all_taken_out(states: Iterable[Fields]) -> set[bytes]:
    """Give the marks of what was taken out of titles and texts."""
    texts = (text for one in states for text in (one.title or "", *one.bodies))
    return {mark for text in texts for mark in MARKER.findall(text.encode("utf-8", "surrogatepass"))}


def _first(fields: Fields) -> str:
    return next((line for line in fields.content.splitlines() if line.strip()), "")
