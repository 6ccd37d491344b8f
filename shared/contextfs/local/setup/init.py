"""Make a folder's store, or complete the one that is there, and look around: `ctx init`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from contextfs.kit.errors import ContextFSError, NotFound, Unavailable
from contextfs.local import config, git
from contextfs.local.git import Repository
from contextfs.local.place import FOLDER, Place, at, find_even_off
from contextfs.local.setup import around as git_around
from contextfs.local.setup import driver, layout, past
from contextfs.local.setup.instructions import instructions
from contextfs.local.setup.model import Found, GitFound, Surroundings
from contextfs.local.setup.tools import tools


def init(
    start: Path,
    *,
    around: Surroundings,
    new_id: Callable[[], UUID],
    name: str | None = None,
    project: UUID | None = None,
    program: str | None = None,
    only_here: bool = False,
) -> Found:
    """Make the store of the repository that `start` lies in, or of `start` itself outside git or with `only_here`.

    A second run changes nothing, and one after `ctx off` switches it on again; settings are never overwritten. `name`
    is the project's, `project` the id of one that exists elsewhere, `program` the shell words that start ctx. Invalid,
    Conflict and Unavailable say why there can be no store, before anything is written; what fails in git alone becomes
    a note.
    """
    place = at(_root(start, around.home, only_here=only_here))
    notes: list[str] = []
    repository = _repository(place, notes)
    known = layout.checked(place, repository, project)
    remote = git_around.remote(repository) if repository else None
    called = name or (git_around.project_name(remote) if remote else place.root.absolute().name)
    changed = list(layout.lay_out(place, name=layout.named(called), new_id=lambda: project or new_id()))
    if repository:
        changed += _merging(place, repository, program or driver.program(around), notes)
        notes += _unseen(place, repository)
    _switch_on(place, changed)
    return Found(
        place=place,
        project=config.read(place.config).project,
        created=known is None,
        changed=tuple(_told(place, path) for path in changed),
        git=_git(repository, remote) if repository else None,
        tools=tools(around),
        instructions=instructions(place.root),
        transcripts=past.conversations(place, repository, remote, around),
        notes=tuple(notes),
    )


def _root(start: Path, home: Path, *, only_here: bool) -> Path:
    """Choose the folder of the store: that of a store around, else the repository's, else the one that was meant.

    A repository inside of another store's folder is a project of its own. A whole home under git is not one project.
    """
    if not start.is_dir():
        raise NotFound(f"There is no folder {start}.")
    here, repository = start.absolute(), git.repository(start)
    if only_here:
        return here
    known = find_even_off(here)
    top = repository.root if repository and repository.root.resolve() != home.resolve() else None
    if known and (top is None or known.root.is_relative_to(top)):
        return known.root
    return top or here


def _repository(place: Place, notes: list[str]) -> Repository | None:
    """Find the repository, if git can be asked about it: it may be missing, or refuse a folder of another user."""
    found = git.repository(place.root)
    try:
        if found:
            found.run("rev-parse", "--git-dir")
    except Unavailable as error:
        notes.append(f"The store is made without git, which does not answer: {error.detail}")
        return None
    return found


def _merging(place: Place, repository: Repository, starts: str, notes: list[str]) -> Iterator[Path]:
    try:
        if driver.register(place, repository, starts):
            yield driver.settings_file(repository)
    except ContextFSError as error:
        notes.append(f"git merges memories line by line, for the driver could not be registered: {error.detail}")


def _unseen(place: Place, repository: Repository) -> Iterator[str]:
    """Say so when a rule of the user's makes git ignore memories."""
    probe = str(place.memories.absolute() / "fact" / "x.md")
    if repository.succeeds("check-ignore", "-q", "--no-index", probe):
        rule = (repository.maybe("check-ignore", "-v", "--no-index", probe) or "").partition("\t")[0]
        yield f"git ignores {FOLDER}/memories ({rule}): take that rule out, or memories are not committed."


def _switch_on(place: Place, changed: list[Path]) -> None:
    if place.is_off:
        try:
            place.off.unlink()
        except OSError as error:
            raise Unavailable(f"{place.off} cannot be removed ({error.strerror}).") from None
        changed.append(place.off)


def _git(repository: Repository, remote: str | None) -> GitFound:
    return GitFound(
        root=repository.root,
        branch=repository.branch(),
        remote=remote,
        worktrees=git_around.worktrees(repository),
        driver="driver" in driver.registered(repository),
    )


def _told(place: Place, path: Path) -> str:
    root = place.root.absolute()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
