"""What we ask git: in a process of its own, without a shell, and only where its files do not tell at once."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import msgspec

from contextfs.kit.errors import Unavailable

_SECONDS = 60
_REFERENCE = "ref: "


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
        return self.maybe("rev-parse", "--verify", "--quiet", "HEAD")

    def run(self, *arguments: str) -> str:
        """Run git and give what it prints; Unavailable with git's own words when it fails."""
        done = self._run(arguments)
        if done.returncode:
            raise Unavailable(f"git {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def maybe(self, *arguments: str) -> str | None:
        """Run git and give what it prints, or None when it fails."""
        done = self._run(arguments)
        return done.stdout.strip() if done.returncode == 0 else None

    def succeeds(self, *arguments: str) -> bool:
        """Run git and tell whether it says yes."""
        return self._run(arguments).returncode == 0

    def paths(self, *arguments: str, among: Iterable[str]) -> frozenset[str]:
        """Run git on some paths, and give those that it names, relative to the top folder."""
        printed = self.run(*arguments, "-z", "--", *(f":(literal){path}" for path in among))
        return frozenset(path for path in printed.split("\0") if path)

    def _head(self) -> str:
        try:
            return (self.own / "HEAD").read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def _run(self, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        command = ["git", "-c", "core.quotepath=off", "-C", str(self.root), *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_DIR")}
        try:
            return subprocess.run(  # noqa: S603 - a fixed program, no shell
                command,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="surrogateescape",
                env=kept | {"LC_ALL": "C"},
                timeout=_SECONDS,
                check=False,
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


def _linked(root: Path, pointer: Path) -> Repository:
    named = pointer.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
    own = (root / named).resolve()
    shared = own / "commondir"
    common = (own / shared.read_text(encoding="utf-8").strip()).resolve() if shared.is_file() else own
    return Repository(root=root, own=own, common=common)
