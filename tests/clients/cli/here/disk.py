"""A model of a disk: what was written to it in what order, what was flushed, and what a power cut may leave of it.

Flushed is what a later `fsync` of that file, or of that folder, covers; of all else any part may be there and any part
missing. That is what POSIX allows, and more than most file systems do. The method is that of Pillai et al., "All File
Systems Are Not Created Equal" (OSDI 2014): calls are recorded, and states are made in which some of them are missing.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from random import Random
from typing import TypeVar

ROOT = 0
_FEW = 5
"""Of so many calls that are not flushed all subsets are tried."""
_SPREAD = int(os.environ.get("CONTEXTFS_POWER_CUTS", "2"))
"""Of more, so many beginnings, ends, single ones, all but one, torn ones, and subsets by chance."""
_PAGE = 4096
"""What a disk writes whole."""

T = TypeVar("T")


@dataclass(frozen=True)
class Write:
    """Bytes were put into a file, at a time in nanoseconds."""

    node: int
    offset: int
    data: bytes
    at: int


@dataclass(frozen=True)
class Cut:
    """A file was given a length."""

    node: int
    size: int
    at: int


@dataclass(frozen=True)
class Touch:
    """A file was told when it was changed."""

    node: int
    at: int


@dataclass(frozen=True)
class Names:
    """Names in folders came to mean other files, or none, all at once: made, linked, moved or removed."""

    changes: tuple[tuple[int, str, int | None], ...]


@dataclass(frozen=True)
class Flush:
    """A file or folder was flushed; None: all of them."""

    node: int | None


@dataclass(frozen=True)
class Said:
    """A program said something to who called it."""

    text: str


Change = Write | Cut | Touch | Names
Step = Change | Flush | Said


@dataclass
class File:
    """What a file says, and when it was changed."""

    data: bytearray = field(default_factory=bytearray)
    at: int = 0


@dataclass
class Disk:
    """Folders and files, by number: names lead to them."""

    files: dict[int, File] = field(default_factory=dict[int, File])
    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})

    @classmethod
    def of(cls, root: Path) -> "Disk":
        """Read what is in a folder."""
        made = cls()
        made._read(root, ROOT)
        return made

    def _read(self, folder: Path, number: int) -> None:
        for path in sorted(folder.iterdir()):
            one = self.new(folder=path.is_dir())
            self.folders[number][path.name] = one
            if path.is_dir():
                self._read(path, one)
            else:
                self.files[one] = File(bytearray(path.read_bytes()), path.stat().st_mtime_ns)

    def new(self, *, folder: bool = False) -> int:
        """Number a file or folder that no name leads to yet."""
        number = len(self.files) + len(self.folders)
        if folder:
            self.folders[number] = {}
        else:
            self.files[number] = File()
        return number

    def find(self, path: Sequence[str]) -> int | None:
        """Give the number of what a path leads to."""
        here = ROOT
        for name in path:
            found = self.folders.get(here, {}).get(name)
            if found is None:
                return None
            here = found
        return here

    def apply(self, step: Change) -> None:
        """Do what a call did; names in a folder that is not there lead nowhere."""
        if isinstance(step, Names):
            for folder, name, node in step.changes:
                if node is None:
                    self.folders[folder].pop(name, None)
                else:
                    self.folders[folder][name] = node
            return
        file = self.files[step.node]
        file.at = step.at
        if isinstance(step, Write):
            file.data.extend(bytes(max(0, step.offset - len(file.data))))
            file.data[step.offset : step.offset + len(step.data)] = step.data
        elif isinstance(step, Cut):
            del file.data[step.size :]
            file.data.extend(bytes(step.size - len(file.data)))

    def copy(self) -> "Disk":
        """Give another one that is like this."""
        files = {number: File(bytearray(one.data), one.at) for number, one in self.files.items()}
        return Disk(files, {number: dict(names) for number, names in self.folders.items()})

    def walk(self, folder: int = ROOT, before: str = "") -> Iterator[tuple[str, int]]:
        """Go through all that names lead to, folders before what is in them."""
        for name, node in sorted(self.folders[folder].items()):
            yield f"{before}{name}", node
            if node in self.folders:
                yield from self.walk(node, f"{before}{name}/")

    def put(self, root: Path) -> None:
        """Make a real folder of it."""
        root.mkdir(parents=True)
        for name, node in self.walk():
            path = root / name
            if node in self.folders:
                path.mkdir()
            else:
                path.write_bytes(self.files[node].data)
                os.utime(path, ns=(self.files[node].at, self.files[node].at))

    def digest(self) -> str:
        """Name the state: what is there, and what it says."""
        found = sha256()
        for name, node in self.walk():
            found.update(f"{name}\0".encode())
            found.update(sha256(self.files[node].data).digest() if node in self.files else b"/")
        return found.hexdigest()


@dataclass(frozen=True)
class Left:
    """What a power cut left, after how many steps it came, and how many things had been said by then."""

    disk: Disk
    step: int
    said: int
    missing: str


def states(begin: Disk, steps: Sequence[Step]) -> Iterator[Left]:
    """Give the states that a power cut may leave, each once, cut right before each flush, and at the end.

    A cut between two flushes leaves nothing that is not among what one right before the second may leave.
    """
    flushed = _flushed(steps)
    seen: set[tuple[str, int]] = set()
    cuts = [place for place, step in enumerate(steps) if isinstance(step, Flush | Said)]
    for cut in [*cuts, len(steps)]:
        said = sum(isinstance(step, Said) for step in steps[:cut])
        safe = {place: step for place, step in _changes(steps[:cut]) if flushed[place] < cut}
        open_ = {place: step for place, step in _changes(steps[:cut]) if flushed[place] >= cut}
        for kept in _choices(open_, cut):
            disk = begin.copy()
            there = {**safe, **kept}
            for place in sorted(there):
                disk.apply(there[place])
            name = disk.digest(), said
            if name not in seen:
                seen.add(name)
                yield Left(disk, cut, said, _told(open_, kept))


def _changes(steps: Sequence[Step]) -> Iterator[tuple[int, Change]]:
    return ((place, step) for place, step in enumerate(steps) if not isinstance(step, Flush | Said))


def _flushed(steps: Sequence[Step]) -> dict[int, int]:
    """Tell by which step each change was flushed; one that never was: by none that there is."""
    flushes = [(place, step.node) for place, step in enumerate(steps) if isinstance(step, Flush)]
    found: dict[int, int] = {}
    for place, step in _changes(steps):
        own = {one for one, _, _ in step.changes} if isinstance(step, Names) else {step.node}
        later = (at for at, node in flushes if at > place and (node is None or node in own))
        found[place] = next(later, len(steps))
    return found


def _choices(open_: Mapping[int, Change], seed: int) -> Iterator[Mapping[int, Change]]:
    """Choose what is there of what was not flushed: nothing, each part of few, and of many a well-chosen lot."""
    places = [*open_]
    if len(places) <= _FEW:
        for many in range(len(places) + 1):
            for some in combinations(places, many):
                yield {place: open_[place] for place in some}
    else:
        for some in _some(places, Random(seed)):  # noqa: S311 - repeatable
            yield {place: open_[place] for place in some}
    writes = [(place, step) for place, step in open_.items() if isinstance(step, Write) and len(step.data) > 1]
    for place, step in _spread(writes):  # torn: the first pages alone, or a length without what belongs there
        for data in (step.data[: len(step.data) // 2 // _PAGE * _PAGE], bytes(len(step.data))):
            yield {**open_, place: Write(step.node, step.offset, data, step.at)}


def _some(places: Sequence[int], random: Random) -> Iterator[Sequence[int]]:
    for many in _spread(range(len(places) + 1)):
        yield places[:many]
        yield places[many:]
    for one in _spread(places):
        yield [one]
        yield [place for place in places if place != one]
    for _ in range(_SPREAD):
        yield [place for place in places if random.random() < 0.5]


def _spread(things: Sequence[T]) -> Sequence[T]:
    """Give the first, the last, and some between that are as far apart."""
    if len(things) <= _SPREAD:
        return things
    return [things[round(number * (len(things) - 1) / (_SPREAD - 1))] for number in range(_SPREAD)]


def _told(open_: Mapping[int, Change], kept: Mapping[int, Change]) -> str:
    """Say what is missing or torn."""
    lost = [f"{place} {_named(step)}" for place, step in open_.items() if kept.get(place) != step]
    return f"of {len(open_)} open calls without {', '.join(lost)}"


def _named(step: Change) -> str:
    if isinstance(step, Names):
        return "+".join(f"{'un' if node is None else ''}name {name}" for _, name, node in step.changes)
    if isinstance(step, Write):
        return f"write {len(step.data)} at {step.offset} of {step.node}"
    return f"{type(step).__name__.lower()} {step.node}"
