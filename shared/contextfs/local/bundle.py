"""What is read back: a file of lines, or one project of a bundle that a server wrote."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID
from zipfile import BadZipFile, ZipFile, is_zipfile

import msgspec

from contextfs.journeys.export.format import BUNDLE, MANIFEST, Manifest, ProjectKept, member
from contextfs.kit.errors import Invalid, NotFound

_MOST_MANIFEST = 100_000_000


@contextmanager
def opened(file: Path, *, named: str | None, here: UUID) -> Generator[Iterable[bytes]]:
    """Open the lines of a file; of a bundle those of the project `named` (its id or name), the only one, or `here`.

    Invalid when the file is damaged, or does not say which project is meant; NotFound when it lacks the named one.
    """
    if not is_zipfile(file):
        with file.open("rb") as lines:
            yield lines
        return
    try:
        with ZipFile(file) as bundle:
            chosen = _chosen(_manifest(bundle, file), named, here, file)
            with bundle.open(member(chosen.id)) as lines:
                yield lines
    except (BadZipFile, KeyError, EOFError) as error:
        raise Invalid(f"{file} is damaged ({error}): fetch or export it anew.") from None


def _manifest(bundle: ZipFile, file: Path) -> Manifest:
    try:
        with bundle.open(MANIFEST) as text:
            manifest = msgspec.json.decode(text.read(_MOST_MANIFEST), type=Manifest)
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid(f"{file} is not an export of ContextFS: nothing in it says so.") from None
    if manifest.format != BUNDLE:
        found = manifest.format[:60]
        raise Invalid(f"{file} is of the format {found}: update ctx (pip install -U contextfs-platform).")
    return manifest


def _chosen(manifest: Manifest, named: str | None, here: UUID, file: Path) -> ProjectKept:
    """Choose the project that is meant."""
    projects = manifest.projects
    if named is not None:
        for project in projects:
            if named.lower() in {str(project.id), project.name.lower()}:
                return project
        raise NotFound(f"{file} holds no project {named!r}; it holds: {_told(projects)}.")
    if len(projects) == 1:
        return projects[0]
    for project in projects:
        if project.id == here:
            return project
    told = _told(projects)
    raise Invalid(f"{file} holds several projects, and none is this store's: --project NAME. It holds: {told}.")


def _told(projects: list[ProjectKept]) -> str:
    names = [project.name for project in projects[:20]]
    return ", ".join(names + (["…"] if len(projects) > len(names) else [])) or "none"
