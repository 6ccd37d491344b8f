"""What we ask git: in a process of its own, without a shell, and only where its files do not tell at once."""

import os
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from contextfs.kit.errors import Unavailable

if TYPE_CHECKING:
    from subprocess import CompletedProcess

_SECONDS = 60
_REFERENCE = "ref: "
_NEEDS_GIT = frozenset('"\\#;')


class _Answer(msgspec.Struct, frozen=True):
    code: int
    out: str
    err: str


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """A working tree of git: its top folder, its own part of the repository, and the part that worktrees share."""

    root: Path
    own: Path
    common: Path

    def branch(self) -> str | None:
        """Name the branch that is checked out; None when the head is detached."""
        head = self._head()
        return head.removeprefix(_REFERENCE).removeprefix("refs/heads/") if head.startswith(_REFERENCE) else None

    def tip(self) -> str | None:
        """Give the id of the commit that is checked out; None before the first one."""
        head = self._head()
        if not head.startswith(_REFERENCE):
            return head or None
        name = head.removeprefix(_REFERENCE)
        for folder in (self.own, self.common):
            loose = folder / name
            if loose.is_file():
                return loose.read_text(encoding="utf-8").strip()
        return self._packed(name) or self.maybe("rev-parse", "--verify", "--quiet", "HEAD")

    def email(self) -> str | None:
        """Give the address of who works here, from git's files where they say it plainly, else from git itself."""
        try:
            said = next((found for text in self._settings() if (found := _email_in(text)) is not None), "")
        except LookupError:
            said = ""
        return said or self.maybe("config", "user.email")

    def run(self, *arguments: str) -> str:
        """Run git and give what it prints; Unavailable with git's own words when it fails."""
        done = self._run(arguments)
        if done.code:
            raise Unavailable(f"git {arguments[0]}: {done.err.strip() or done.out.strip()}")
        return done.out

    def maybe(self, *arguments: str) -> str | None:
        """Run git and give what it prints, or None when it fails."""
        done = self._run(arguments)
        return done.out.strip() if done.code == 0 else None

    def succeeds(self, *arguments: str) -> bool:
        """Run git and tell whether it says yes."""
        return self._run(arguments).code == 0

    def paths(self, *arguments: str, among: Iterable[str]) -> frozenset[str]:
        """Run git on some paths, and give those that it names, relative to the top folder."""
        printed = self.run(*arguments, "-z", "--", *(f":(literal){path}" for path in among))
        return frozenset(path for path in printed.split("\0") if path)

    def kinds(self, ids: Sequence[str]) -> list[str]:
        """Give the kinds of objects: blob, tree, commit, tag, or missing."""
        given = "".join(f"{one}\n" for one in ids).encode()
        return [
            line.split()[1].decode() for line in self._ran(("cat-file", "--batch-check"), given).stdout.splitlines()
        ]

    def contents(self, ids: Sequence[str]) -> Iterator[bytes]:
        """Give the contents of objects, in their order; Unavailable when one is not there."""
        out = BytesIO(self._ran(("cat-file", "--batch"), "".join(f"{one}\n" for one in ids).encode()).stdout)
        for one in ids:
            head = out.readline().split()
            if len(head) != 3:
                raise Unavailable(f"git has no object {one}: `git fsck` tells more.")
            yield out.read(int(head[2]))
            out.read(1)

    def _settings(self) -> Iterator[str]:
        """Read the files of git's settings, those that count first; LookupError where there may be others."""
        elsewhere = os.environ.get("XDG_CONFIG_HOME")
        users = Path(elsewhere) if elsewhere else Path.home() / ".config"
        if (self.own / "config.worktree").exists() or any(name.startswith("GIT_CONFIG") for name in os.environ):
            raise LookupError
        for file in (self.common / "config", Path.home() / ".gitconfig", users / "git" / "config"):
            try:
                yield file.read_text(encoding="utf-8")
            except (FileNotFoundError, NotADirectoryError):
                continue
            except (OSError, UnicodeDecodeError):
                raise LookupError from None

    def _packed(self, name: str) -> str | None:
        """Find a reference among those that `git gc` packed; None where it is not, or they are kept otherwise."""
        try:
            lines = (self.common / "packed-refs").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None
        return next((line.partition(" ")[0] for line in lines if line.endswith(f" {name}")), None)

    def _head(self) -> str:
        try:
            return (self.own / "HEAD").read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def _run(self, arguments: tuple[str, ...]) -> _Answer:
        done = self._ran(arguments)
        out, err = (
            said.decode("utf-8", "surrogateescape").replace("\r\n", "\n") for said in (done.stdout, done.stderr)
        )
        return _Answer(done.returncode, out, err)

    def _ran(self, arguments: tuple[str, ...], given: bytes = b"") -> "CompletedProcess[bytes]":
        import subprocess  # noqa: PLC0415 - most commands ask git nothing

        command = ["git", "-c", "core.quotepath=off", "-C", str(self.root), *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_DIR")}
        try:
            return subprocess.run(  # noqa: S603 - a fixed program, no shell
                command, capture_output=True, input=given, env=kept | {"LC_ALL": "C"}, timeout=_SECONDS, check=False
            )
        except FileNotFoundError:
            raise Unavailable("git is not installed, or not on PATH.") from None
        except subprocess.TimeoutExpired:
            raise Unavailable(f"git {arguments[0]} did not answer in {_SECONDS} seconds.") from None


def repository(start: Path) -> Repository | None:
    """Find the repository that a folder lies in, by looking at the file system alone; None where there is none."""
    here = Path(start).absolute()
    for root in (here, *here.parents):
        dot = root / ".git"
        if dot.is_dir():
            return Repository(root=root, own=dot, common=dot)
        if dot.is_file():
            return _linked(root, dot)
    return None


def _email_in(text: str) -> str | None:
    """Give the last `user.email` that a file of settings says; LookupError where only git can tell what it means."""
    section, found = "", None
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            head, _, line = line.strip().partition("]")  # noqa: PLW2901 - what stands behind a heading is a line too
            section = head[1:].strip().lower()
        if section.startswith("include"):
            raise LookupError
        name, _, value = line.partition("=")
        if section == "user" and name.strip().lower() == "email":
            if not value.strip() or _NEEDS_GIT.intersection(value):
                raise LookupError
            found = value.strip()
    return found


def _linked(root: Path, pointer: Path) -> Repository:
    named = pointer.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
    own = (root / named).resolve()
    shared = own / "commondir"
    common = (own / shared.read_text(encoding="utf-8").strip()).resolve() if shared.is_file() else own
    return Repository(root=root, own=own, common=common)
