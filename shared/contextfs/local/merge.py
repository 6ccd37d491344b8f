"""The git merge driver: two versions of one memory's file become one that says what both meant.

Git shows three texts: the base that both sides began with, ours and theirs. They are folded like revisions that did not
know of each other, so git and the server give the same answer: a field goes with the side that changed it, tags are
added and removed as each side did, and of two new bodies both are kept, none composed. Where both sides changed one
field differently, the id of the revision that a side amounts to decides: the same on every machine, whoever merges.
"""

import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple, TextIO
from uuid import UUID

import msgspec

from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.clock import Clock
from contextfs.domain.memories.revisions import Fields, Revision, said_by
from contextfs.domain.memories.view import view
from contextfs.kit.errors import Invalid
from contextfs.local.document.names import type_of
from contextfs.local.document.text import normal, parse, render, sides, told

_NO_ID: Final = UUID(int=0)
_NO_TIME: Final = str(Clock(millis=0))
_MARK: Final = "\ufeff"


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """A merged file; `conflicted` when it holds several bodies, of which a person has to choose."""

    text: str
    conflicted: bool


class _Side(NamedTuple):
    """A version of the file; it says several states where git left marks in it."""

    text: str
    memory_id: UUID | None
    states: tuple[Fields, ...]


def merge(base: str | None, ours: str, theirs: str, *, usual_type: str = "fact") -> Merged:
    """Merge two versions of a memory's file; Invalid says which of them cannot be read, and why.

    Ours and theirs may change places: the result is the same. A base that cannot be read is as good as none.
    """
    left, right = _side(ours, "our version", usual_type), _side(theirs, "their version", usual_type)
    memory_id = _one_id(left, right)
    try:
        before = _side(base, "the base", usual_type).states if base else ()
    except Invalid:
        before = ()
    plain = _plain([*before, *left.states, *right.states], first=len(before))
    fields = _folded(plain[: len(before)], plain[len(before) :])
    shown = _state(fields)
    unchanged = [
        side.text
        for side, state in ((left, plain[len(before)]), (right, plain[-1]))
        if len(side.states) == 1 and side.memory_id == memory_id and _state(state) == shown
    ]
    text = min(unchanged) if unchanged else _rendered(memory_id, fields)
    return Merged(text=_with_ends(text, ours, theirs), conflicted=bool(fields.alternatives))


def marked(ours: str, theirs: str) -> str:
    """Give both versions with git's marks around what differs, as one region: nothing is composed, nothing is lost."""
    left, right = _lines(ours), _lines(theirs)
    if left == right:
        return ours
    head = _alike(left, right)
    tail = _alike(left[head:][::-1], right[head:][::-1])
    ends = (len(left) - tail, len(right) - tail)
    region = ["<<<<<<< ours", *left[head : ends[0]], "=======", *right[head : ends[1]], ">>>>>>> theirs"]
    return _with_ends("".join(f"{line}\n" for line in [*left[:head], *region, *left[ends[0] :]]), ours, theirs)


def run(base_path: str, ours_path: str, theirs_path: str, name: str, *, tell: TextIO | None = None) -> int:
    """Merge as git asks for it (`%O %A %B %P`), into the file of our version; gives the exit code.

    0: merged, also when both bodies were kept, which is told. 1: it could not be, and the file holds both versions
    between git's marks. `name` is the path of the memory's file in the repository.
    """
    out = tell or sys.stderr
    try:
        base, ours, theirs = (_read(path) for path in (base_path, ours_path, theirs_path))
        try:
            merged = merge(base, ours, theirs, usual_type=type_of(PurePosixPath(name).parent.name))
        except Invalid as error:
            _write(ours_path, marked(ours, theirs))
            out.write(f"{name}: {error.detail}. Both versions are in the file: keep what is right.\n")
            return 1
        _write(ours_path, merged.text)
    except OSError as error:
        out.write(f"{name}: {error.filename or ours_path}: {error.strerror}: not merged.\n")
        return 1
    if merged.conflicted:
        out.write(f"{name}: both sides changed the text: both are kept. `ctx conflicts` tells more.\n")
    return 0


def folded(states: Iterable[Fields]) -> Fields:
    """Give the one state that several states amount to whose common past is not known."""
    return _folded((), list(states))


def _side(text: str, what: str, usual_type: str) -> _Side:
    try:
        text.encode()
        documents = [parse(one, usual_type=usual_type) for one in sides(text)]
    except UnicodeEncodeError:
        raise Invalid(f"{what} is not UTF-8") from None
    except Invalid as error:
        raise Invalid(f"{what} cannot be read: {told(error)}") from None
    named = {one.memory_id for one in documents} - {None}
    if len(named) > 1:
        raise Invalid(f"{what} is of several memories")
    return _Side(normal(text).removeprefix(_MARK), next(iter(named), None), tuple(one.fields for one in documents))


def _one_id(left: _Side, right: _Side) -> UUID | None:
    named = {left.memory_id, right.memory_id} - {None}
    if len(named) > 1:
        raise Invalid(f"the sides are different memories, {left.memory_id} and {right.memory_id}")
    return next(iter(named), None)


def _folded(before: Iterable[Fields], after: Iterable[Fields]) -> Fields:
    """Fold states that stand on a common past, as the revisions that they would be."""
    began = [_revision(state) for state in before]
    if len(began) > 1:
        began = [_revision(view(began).fields)]
    parents = tuple(one.id for one in began)
    return view([*began, *(_revision(state, parents) for state in after)]).fields


def _revision(fields: Fields, parents: tuple[str, ...] = ()) -> Revision:
    return Revision(memory_id=_NO_ID, fields=fields, parents=parents, author="git", clock=_NO_TIME)


def _plain(states: list[Fields], *, first: int) -> list[Fields]:
    """Give bodies that differ in white space at the end only the same spelling: that of the base, if it has it.

    Editors change such space, and nobody means it. The `first` states are the base.
    """
    spelled: dict[str, str] = {}
    for state in states[:first]:
        spelled |= {body.rstrip(): body for body in state.bodies if body.rstrip() not in spelled}
    for body in sorted(body for state in states[first:] for body in state.bodies):
        spelled.setdefault(body.rstrip(), body)
    return [_spelled(state, spelled) for state in states]


def _spelled(state: Fields, spelled: dict[str, str]) -> Fields:
    content, *others = (spelled[body.rstrip()] for body in state.bodies)
    return msgspec.structs.replace(state, content=content, alternatives=tuple(others))


def _state(fields: Fields) -> str:
    """Spell a state, in whichever order it shows the texts of a conflict."""
    return canonical(said_by(fields) | {"content": sorted(fields.bodies), "alternatives": None})


def _rendered(memory_id: UUID | None, fields: Fields) -> str:
    text = render(memory_id or _NO_ID, fields)
    return text if memory_id else text.replace(f"id: {_NO_ID}\n", "", 1)


def _with_ends(text: str, ours: str, theirs: str) -> str:
    """Give a text the line ends of Windows, where both sides have them throughout."""
    windows = all("\n" in side and side.count("\n") == side.count("\r\n") for side in (ours, theirs))
    return text.replace("\n", "\r\n") if windows else text


def _lines(text: str) -> list[str]:
    plain = normal(text)
    return plain.removesuffix("\n").split("\n") if plain else []


def _alike(left: list[str], right: list[str]) -> int:
    """Count the lines at the front that are the same."""
    pairs = zip(left, right, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(left), len(right)))


def _read(path: str) -> str:
    """Read a text as it is; bytes that are not UTF-8 are kept, as halves of characters."""
    return Path(path).read_bytes().decode("utf-8", "surrogateescape")


def _write(path: str, text: str) -> None:
    Path(path).write_bytes(text.encode("utf-8", "surrogateescape"))
