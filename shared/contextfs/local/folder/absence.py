"""Why a file is gone: deleted by a person, or put away by git, which brings it back with another branch."""

from collections.abc import Sequence

from contextfs.local import git
from contextfs.local.place import FOLDER, Place

_MANY = 20


def deleted(place: Place, gone: Sequence[str], *, before: str | None) -> frozenset[str]:
    """Give those of the paths (below `.contextfs`) that a person deleted; `before` is the commit that was seen last.

    Deleted is what git still expects in the tree, what is staged as deleted, what commits since `before` deleted, and
    what git never knew. What another branch or an older commit does not have is put away, and not deleted.
    """
    repository = git.repository(place.root)
    tracked = [path for path in gone if not path.startswith("local/")]
    if repository is None or not tracked:
        return frozenset(gone)
    prefix = place.root.absolute().relative_to(repository.root.absolute()).as_posix()
    names = {path: "/".join(part for part in (prefix.removeprefix("."), FOLDER, path) if part) for path in tracked}
    away = _put_away(repository, names, before)
    return frozenset(gone) - away


def too_many(gone: int, known: int) -> bool:
    """Tell whether so many files are gone at once that nothing should be concluded from it."""
    return gone > _MANY and gone * 2 > known


def head(place: Place) -> str | None:
    """Give the commit that is checked out; None where there is none."""
    repository = git.repository(place.root)
    return None if repository is None else repository.commit()


def _put_away(repository: git.Repository, names: dict[str, str], before: str | None) -> frozenset[str]:
    expected = repository.paths("ls-files", "--cached", among=names.values())
    now = repository.commit()
    in_head = _in(repository, now, names) if now else frozenset[str]()
    unknown = {path: name for path, name in names.items() if name not in expected and name not in in_head}
    if not unknown or before is None or now is None:
        return frozenset()
    once_there = _in(repository, before, unknown)
    if repository.succeeds("merge-base", "--is-ancestor", before, now):
        return frozenset()
    return frozenset(path for path, name in unknown.items() if name in once_there)


def _in(repository: git.Repository, commit: str, names: dict[str, str]) -> frozenset[str]:
    listed = repository.maybe("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--", *names.values())
    return frozenset((listed or "").split("\0"))
