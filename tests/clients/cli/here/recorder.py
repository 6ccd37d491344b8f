"""Records what programs do to the files of a folder, call by call, as `strace` sees it: SQLite's calls too."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.clients.cli.here.disk import Change, Cut, Disk, File, Flush, Names, Said, Step, Touch, Write

STRACE = shutil.which("strace")

_CALLS = (
    *("open", "openat", "creat", "close", "dup", "dup2", "dup3", "fcntl", "lseek", "chdir", "fchdir"),
    *("write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "truncate", "fallocate", "utimensat"),
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat"),
    *("mkdir", "mkdirat", "rmdir", "fsync", "fdatasync", "sync", "syncfs", "copy_file_range", "sendfile"),
    *("clone", "clone3", "fork", "vfork"),
)
_LINE = re.compile(r"(\d+)\s+(\d+)\.(\d+) (.*)")
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)")
_UNFINISHED = " <unfinished ...>"
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_CHANGED = re.compile(r"\{tv_sec=(\d+), tv_nsec=(\d+)[^}]*\}\]")
_HERE = "AT_FDCWD"
_STANDARD_OUTPUT = 1
_A_PAGE = 512
_SHARED_MEMORY = "-shm"
"""What processes share of a database: none believes it that comes first, so it is as good as not there."""

Path_ = tuple[str, ...]


@dataclass
class Handle:
    """An open file: which one, where it is written next, and whether always at its end."""

    node: int | None
    path: Path_ | None
    place: int = 0
    appends: bool = False


@dataclass
class Process:
    """What a process has open, and where it is."""

    handles: dict[int, Handle] = field(default_factory=dict[int, Handle])
    here: Path_ | None = ()

    def fork(self) -> "Process":
        """Give what a child has: the same."""
        return Process(dict(self.handles), self.here)


@dataclass(frozen=True)
class Call:
    """One call that was over: whose, when (ns), with what it was called, and what it gave."""

    process: Process
    at: int
    arguments: list[str]
    result: int

    def of(self, arguments: list[str]) -> "Call":
        """Give the same with other arguments."""
        return replace(self, arguments=arguments)


class Recorder:
    """Runs programs in a folder, and keeps what they do to it as steps, on a model of the disk that follows along."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.begin = Disk.of(root)
        self.steps: list[Step] = []
        self._disk = self.begin.copy()
        self._processes: dict[int, Process] = {}

    def run(self, command: Sequence[str], environment: Mapping[str, str], beside: Path) -> None:
        """Run a program to its end. `beside` is where the trace is kept meanwhile."""
        told = ["-qqq", "-f", "-ttt", "-xx", "-s", "100000000", "-e", f"trace={','.join(_CALLS)}", "-e", "signal=none"]
        ended = subprocess.run(
            [str(STRACE), *told, "-o", str(beside), *command],
            cwd=self.root,
            env={**environment, "PYTHONUNBUFFERED": ""},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr.decode()
        self._processes = {}
        for process, at, name, arguments, result in _calls(beside.read_text("ascii")):
            self._take(process, at, name, arguments, result)

    @property
    def answers(self) -> int:
        """How often a program said something on its standard output."""
        return sum(isinstance(step, Said) for step in self.steps)

    def _take(self, number: int, at: int, name: str, arguments: list[str], result: int) -> None:
        process = self._processes.setdefault(number, Process())
        if result < 0:
            return
        if name in {"clone", "clone3", "fork", "vfork"}:
            self._processes[result] = process.fork()
            return
        how: Callable[[Call], None] | None = getattr(self, f"_{name}", None)
        if how is None:
            raise NotImplementedError(f"{name} is not modelled")
        how(Call(process, at, arguments, result))

    def _do(self, step: Change) -> None:
        self._disk.apply(step)
        last = self.steps[-1] if self.steps else None
        if isinstance(step, Write) and isinstance(last, Write) and _is_begun_by(last, step):
            step = Write(step.node, last.offset, last.data + step.data, step.at)
            self.steps.pop()
        self.steps.append(step)

    def _path(self, process: Process, folder: str, text: str) -> Path_ | None:
        """Give a path from the root on; None for what lies elsewhere."""
        plain = _text(text)
        if plain.startswith("/"):
            base: Path_ | None = None
        elif folder == _HERE:
            base = process.here
        else:
            handle = process.handles.get(int(folder))
            base = handle.path if handle else None
        if base is None and not plain.startswith("/"):
            return None
        whole = Path(os.path.normpath(self.root.joinpath(*(base or ()), plain)))
        if plain.endswith(_SHARED_MEMORY):
            return None
        return whole.relative_to(self.root).parts if whole.is_relative_to(self.root) else None

    def _named(self, path: Path_ | None, node: int | None) -> tuple[tuple[int, str, int | None], ...]:
        if not path:
            return ()
        folder = self._disk.find(path[:-1])
        assert folder is not None, path
        return ((folder, path[-1], node),)

    def _openat(self, call: Call) -> None:
        path, flags = self._path(call.process, call.arguments[0], call.arguments[1]), call.arguments[2]
        node = None if path is None else self._disk.find(path)
        if path is not None and node is None and "O_CREAT" in flags:
            node = self._disk.new()
            self.begin.files.setdefault(node, File())
            self._do(Names(self._named(path, node)))
        elif node is not None and "O_TRUNC" in flags and self._disk.files[node].data:
            self._do(Cut(node, 0, call.at))
        call.process.handles[call.result] = Handle(node, path, appends="O_APPEND" in flags)

    def _open(self, call: Call) -> None:
        self._openat(call.of([_HERE, *call.arguments]))

    def _close(self, call: Call) -> None:
        call.process.handles.pop(int(call.arguments[0]), None)

    def _dup(self, call: Call) -> None:
        handle = call.process.handles.get(int(call.arguments[0]))
        if handle is None:
            call.process.handles.pop(call.result, None)
        else:
            call.process.handles[call.result] = handle

    _dup2 = _dup3 = _dup

    def _fcntl(self, call: Call) -> None:
        if call.arguments[1].startswith("F_DUPFD"):
            self._dup(call)

    def _lseek(self, call: Call) -> None:
        handle = call.process.handles.get(int(call.arguments[0]))
        if handle:
            handle.place = call.result

    def _chdir(self, call: Call) -> None:
        call.process.here = self._path(call.process, _HERE, call.arguments[0])

    def _fchdir(self, call: Call) -> None:
        handle = call.process.handles.get(int(call.arguments[0]))
        call.process.here = handle.path if handle else None

    def _write(self, call: Call) -> None:
        number = int(call.arguments[0])
        handle, data = (
            call.process.handles.get(number),
            b"".join(_bytes(one) for one in call.arguments[1:] if '"' in one)[: call.result],
        )
        if handle is None:
            if number == _STANDARD_OUTPUT and call.process is next(
                iter(self._processes.values())
            ):  # the first is who was run
                self.steps.append(Said(data.decode()))
        elif handle.node is not None:
            place = len(self._disk.files[handle.node].data) if handle.appends else handle.place
            self._do(Write(handle.node, place, data, call.at))
            handle.place = place + call.result

    _writev = _write

    def _pwrite64(self, call: Call) -> None:
        handle = call.process.handles.get(int(call.arguments[0]))
        if handle and handle.node is not None:
            self._do(Write(handle.node, int(call.arguments[3]), _bytes(call.arguments[1])[: call.result], call.at))

    def _ftruncate(self, call: Call) -> None:
        handle = call.process.handles.get(int(call.arguments[0]))
        if handle and handle.node is not None:
            self._do(Cut(handle.node, int(call.arguments[1]), call.at))

    def _utimensat(self, call: Call) -> None:
        if call.arguments[1] == "NULL":
            handle = call.process.handles.get(int(call.arguments[0]))
            node = handle.node if handle else None
        else:
            path = self._path(call.process, call.arguments[0], call.arguments[1])
            node = None if path is None else self._disk.find(path)
        changed = _CHANGED.search(", ".join(call.arguments))
        if node is not None and node in self._disk.files:
            self._do(Touch(node, int(changed[1]) * 1_000_000_000 + int(changed[2]) if changed else call.at))

    def _renameat2(self, call: Call) -> None:
        old, new = self._path(call.process, *call.arguments[:2]), self._path(call.process, *call.arguments[2:4])
        assert old is not None, "moved into the folder"
        assert new is not None, "moved out of the folder"
        moved, there = self._disk.find(old), self._disk.find(new)
        is_exchange = "RENAME_EXCHANGE" in call.arguments[-1]
        self._do(Names((*self._named(old, there if is_exchange else None), *self._named(new, moved))))

    def _renameat(self, call: Call) -> None:
        if self._path(call.process, *call.arguments[:2]) is not None:
            self._renameat2(call.of([*call.arguments, "0"]))

    def _rename(self, call: Call) -> None:
        self._renameat(call.of([_HERE, call.arguments[0], _HERE, call.arguments[1]]))

    def _linkat(self, call: Call) -> None:
        old, new = self._path(call.process, *call.arguments[:2]), self._path(call.process, *call.arguments[2:4])
        if new is not None and old is not None:
            self._do(Names(self._named(new, self._disk.find(old))))

    def _link(self, call: Call) -> None:
        self._linkat(call.of([_HERE, call.arguments[0], _HERE, call.arguments[1]]))

    def _unlinkat(self, call: Call) -> None:
        if changes := self._named(self._path(call.process, *call.arguments[:2]), None):
            self._do(Names(changes))

    def _unlink(self, call: Call) -> None:
        self._unlinkat(call.of([_HERE, call.arguments[0]]))

    _rmdir = _unlink

    def _mkdirat(self, call: Call) -> None:
        if path := self._path(call.process, *call.arguments[:2]):
            node = self._disk.new(folder=True)
            self.begin.folders.setdefault(node, {})
            self._do(Names(self._named(path, node)))

    def _mkdir(self, call: Call) -> None:
        self._mkdirat(call.of([_HERE, call.arguments[0]]))

    def _fsync(self, call: Call) -> None:
        handle = call.process.handles.get(int(call.arguments[0]))
        if handle and handle.node is not None:
            self.steps.append(Flush(handle.node))

    _fdatasync = _fsync

    def _sync(self, _: Call) -> None:
        self.steps.append(Flush(None))

    _syncfs = _sync


def _is_begun_by(last: Write, step: Write) -> bool:
    """Tell whether a call goes on with what a short one began: SQLite writes the head of a page's frame by itself."""
    is_next = last.node == step.node and last.offset + len(last.data) == step.offset
    return is_next and len(last.data) < _A_PAGE


def _calls(trace: str) -> Iterator[tuple[int, int, str, list[str], int]]:
    """Read a trace: process, time (ns), call, arguments and result, in the order in which the calls were over."""
    begun: dict[int, str] = {}
    for line in trace.splitlines():
        found = _LINE.fullmatch(line)
        assert found is not None, line[:200]
        process, at, text = int(found[1]), int(found[2]) * 1_000_000_000 + int(found[3].ljust(9, "0")), found[4]
        if text.endswith(_UNFINISHED):
            begun[process] = text.removesuffix(_UNFINISHED)
            continue
        if resumed := _RESUMED.fullmatch(text):
            text = begun.pop(process) + resumed[1]
        if call := _CALL.match(text):
            yield process, at, call[1], call[2].split(", "), int(call[3])


def _bytes(text: str) -> bytes:
    found = _STRING.search(text)
    assert found is not None, text[:200]
    return bytes.fromhex(found[1].replace("\\x", ""))


def _text(text: str) -> str:
    return os.fsdecode(_bytes(text))
