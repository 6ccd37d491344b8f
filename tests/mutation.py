"""Mistakes made on purpose in a copy of the library: a test that does not notice them proves nothing."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_FAILED = 1
_DOORS = "functions/"
_FUNCTION = re.compile(r"create (?:or replace )?function ([\w.]+)\(.*?\$\$.*?\$\$;", re.DOTALL)


@dataclass(frozen=True)
class Mutant:
    """A mistake: in `file`, below the package or in `functions/`, `right` is replaced by `wrong`."""

    name: str
    file: str
    right: str
    wrong: str


def plant(mutant: Mutant, source: Path, target: Path) -> Path:
    """Copy the library, compiled as it is, with one mistake in it; gives the folder to put first on the import path.

    `source` is the folder that the library is in; beside it are the doors, which are copied where the mistake is there.
    """
    half_written = shutil.ignore_patterns("*.pyc.*")  # what another process compiles at this moment
    shutil.copytree(source / "contextfs", target / "contextfs", ignore=half_written)
    if mutant.file.startswith(_DOORS):
        shutil.copytree(source.parent / _DOORS, target / _DOORS, ignore=half_written)
    file = _place(mutant, target / "contextfs", target)
    text = file.read_text(encoding="utf-8")
    assert text.count(mutant.right) == 1, f"{mutant.file} no longer reads as the mutant expects"
    file.write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")
    return target


@dataclass(frozen=True)
class Unchecked:
    """A check that is missing, and the test that fails then."""

    mutant: Mutant
    noticed_by: str


def never(name: str, file: str, condition: str, noticed_by: str) -> Unchecked:
    """Take out a check that is one `if`."""
    return Unchecked(Mutant(name, file, f"if {condition}:", f"if False and ({condition}):"), noticed_by)


def without(name: str, file: str, right: str, wrong: str, noticed_by: str) -> Unchecked:
    """Take out a check by writing something else in its place."""
    return Unchecked(Mutant(name, file, right, wrong), noticed_by)


def _place(mutant: Mutant, package: Path, root: Path) -> Path:
    return (root if mutant.file.startswith(_DOORS) else package) / mutant.file


def still_stands(one: Unchecked, repository: Path) -> bool:
    """Tell whether the check is there, once, and runs: what is left is Python, no later migration defines it again."""
    file = _place(one.mutant, repository / "shared/contextfs", repository)
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        compile(text.replace(one.mutant.right, one.mutant.wrong), one.mutant.file, "exec")
    return text.count(one.mutant.right) == 1 and not _is_defined_again(file, text, one.mutant.right)


def _is_defined_again(file: Path, text: str, right: str) -> bool:
    """Tell whether a text stands in a function of a migration that a later one has in its place."""
    if file.parent.name != "migrations":
        return False
    place = text.index(right)
    named = next((found[1] for found in _FUNCTION.finditer(text) if found.start() <= place < found.end()), None)
    later = (one.read_text(encoding="utf-8") for one in file.parent.glob("*.sql") if one.name > file.name)
    return named is not None and any(named in {found[1] for found in _FUNCTION.finditer(one)} for one in later)


def is_noticed(one: Unchecked, repository: Path, folder: Path) -> bool:
    """Tell whether the named test fails, and nothing else is amiss, on a copy of the library without the check."""
    return _judged(repository, plant(one.mutant, repository / "shared", folder), one.noticed_by) == _FAILED


def all_pass(many: tuple[Unchecked, ...], repository: Path, folder: Path) -> bool:
    """Tell whether the named tests pass on a copy of the library as it is."""
    right = many[0].mutant.right
    nothing = Mutant("nothing", many[0].mutant.file, right, right)
    planted = plant(nothing, repository / "shared", folder)
    return _judged(repository, planted, *{one.noticed_by for one in many}) == 0


def _judged(repository: Path, planted: Path, *tests: str) -> int:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"),
            *("-o", f"pythonpath={planted} .", *tests),
        ],
        cwd=repository,
        env=os.environ | {"PYTHONPATH": str(planted), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)
    return done.returncode
