"""Mistakes made on purpose in a copy of the library: a test that does not notice them proves nothing."""

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """A mistake: in `file`, below the package, `right` is replaced by `wrong`."""

    name: str
    file: str
    right: str
    wrong: str


def plant(mutant: Mutant, source: Path, target: Path) -> Path:
    """Copy the library with one mistake in it; gives the folder to put first on the import path."""
    shutil.copytree(source / "contextfs", target / "contextfs", ignore=shutil.ignore_patterns("__pycache__"))
    file = target / "contextfs" / mutant.file
    text = file.read_text(encoding="utf-8")
    assert text.count(mutant.right) == 1, f"{mutant.file} no longer reads as the mutant expects"
    file.write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")
    return target
