"""Stores to test with: a folder with its config, a clock and a source of chance that a test drives, and real git."""

import os
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from contextfs.domain.memories.model import NewMemory
from contextfs.local import config, place
from contextfs.local.model import Refreshed
from contextfs.local.store import LocalStore

PROJECT = UUID("0198f3c2-0000-7000-8000-000000000001")
ATTRIBUTES = "memories/**/*.md text eol=lf merge=contextfs\n"


@dataclass
class Machine:
    """A folder with a store in it, as one person has it."""

    root: Path
    seed: int = 1
    now: datetime = datetime(2030, 1, 31, 12, tzinfo=UTC)
    who: str = "user:ann@example.com"
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed} {self.root}")  # noqa: S311 - repeatable

    def init(self) -> "Machine":
        """Make the store."""
        folder = self.root / ".contextfs"
        (folder / "memories").mkdir(parents=True)
        (folder / "config.toml").write_text(config.fresh(config.ProjectNamed(id=PROJECT, name="p")))
        (folder / ".gitignore").write_text("local/\n")
        (folder / ".gitattributes").write_text(ATTRIBUTES)
        return self

    def open(self) -> LocalStore:
        """Open the store, as each command does."""
        return LocalStore.open(
            place.required(self.root), now=self.tick, entropy=self.random.randbytes, actor=lambda: self.who
        )

    def tick(self) -> datetime:
        """Tell the time: a second later each time."""
        self.now += timedelta(seconds=1)
        return self.now

    def add(self, content: str, **fields: object) -> UUID:
        """Add a memory by a command."""
        with self.open() as store:
            store.refresh()
            return store.add(NewMemory(project_id=PROJECT, content=content, **fields)).memory.id  # pyright: ignore[reportArgumentType]

    def refresh(self) -> Refreshed:
        """Look at the files, as each command does."""
        with self.open() as store:
            return store.refresh()

    def file(self, memory_id: UUID) -> Path:
        """Give a memory's file."""
        [found] = self.root.glob(f".contextfs/**/*{memory_id.hex[-12:]}*.md")
        return found

    def files(self) -> dict[str, str]:
        """Give all files of memories with their texts."""
        folder = self.root / ".contextfs"
        return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.glob("memories/*/*.md"))}

    def edit(self, memory_id: UUID, old: str, new: str) -> None:
        """Edit a memory's file by hand."""
        path = self.file(memory_id)
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def git(self, *arguments: str, check: bool = True) -> str:
        """Run git here, away from the user's own settings."""
        named = {
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@a",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@a",
        }
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-c", "init.defaultBranch=main", *arguments],
            cwd=self.root,
            env=os.environ | named | alone,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def commit(self, message: str = "m") -> None:
        """Commit everything."""
        self.git("add", "-A")
        self.git("commit", "-qm", message)


def long_ago(path: Path) -> None:
    """Have a file say that it was changed before: what a power cut does to it was not done just now."""
    then = path.stat().st_mtime_ns - 10_000_000_000
    os.utime(path, ns=(then, then))
