"""Who did it: a file that is gone was deleted by a person or put away by git, which also brings older states back."""

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha1

from contextfs.local import git
from contextfs.local.place import FOLDER, Place

_ANY = ("rev-list", "-1", "--full-history", "--all", "--reflog")
_MANY = 20


def deleted(place: Place, gone: Sequence[str], *, before: str | None) -> frozenset[str]:
    """Give those of the paths (below `.contextfs`) that a person deleted; `before` is the commit that was seen last.

    Deleted is what git still expects in the tree, what is staged as deleted, what commits since `before` deleted, and
    what git never knew. What only other branches or other commits have is put away, and not deleted.
    """
    repository = git.repository(place.root)
    tracked = [path for path in gone if not path.startswith("local/")]
    if repository is None or not tracked:
        return frozenset(gone)
    names = {path: _prefix(repository, place) + path for path in tracked}
    away = _put_away(repository, names, before)
    return frozenset(gone) - away


def too_many(gone: int, known: int) -> bool:
    """Tell whether so many files are gone at once that nothing should be concluded from it."""
    return gone > _MANY and gone * 2 > known


def head(place: Place) -> str | None:
    """Give the commit that is checked out; None where there is none."""
    repository = git.repository(place.root)
    return None if repository is None else repository.tip()


class Index:
    """What git has in its index: a file with just these bytes was put there by git, whatever state it is."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def holds(self, path: str, content: bytes) -> bool:
        """Tell whether git's index has these bytes (but for line ends) at a path below `.contextfs`."""
        plain = content.replace(b"\r\n", b"\n")
        name = sha1(b"blob %d\0" % len(plain) + plain, usedforsecurity=False).hexdigest()
        return self._blobs.get(path) == name

    @cached_property
    def _blobs(self) -> dict[str, str]:
        repository = git.repository(self._place.root)
        if repository is None:
            return {}
        prefix = _prefix(repository, self._place)
        listed = repository.maybe("ls-files", "--stage", "-z", "--", f":(literal,top){prefix}memories") or ""
        entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
        return {name.removeprefix(prefix): told.split(" ")[1] for told, _, name in entries}


def _prefix(repository: git.Repository, place: Place) -> str:
    """Give the path of `.contextfs/` in a repository, as git writes it."""
    below = place.root.absolute().relative_to(repository.root.absolute()).as_posix().removeprefix(".")
    return f"{below}/{FOLDER}/".removeprefix("/")


def _put_away(repository: git.Repository, names: dict[str, str], before: str | None) -> frozenset[str]:
    expected = repository.paths("ls-files", "--cached", among=names.values())
    now = repository.tip()
    in_head = _in(repository, now, names) if now else frozenset[str]()
    unknown = {path: name for path, name in names.items() if name not in expected and name not in in_head}
    if not unknown or now is None:
        return frozenset()
    once_there = _in(repository, before, unknown) if before else frozenset[str]()
    is_onward = before is not None and repository.succeeds("merge-base", "--is-ancestor", before, now)
    return frozenset(
        path
        for path, name in unknown.items()
        if (not is_onward if name in once_there else _is_elsewhere(repository, now, name))
    )


def _is_elsewhere(repository: git.Repository, now: str, name: str) -> bool:
    """Tell whether commits outside of the present history have a file: it was committed since the last look."""
    return bool(repository.maybe(*_ANY, "--not", now, "--", f":(literal,top){name}"))


def _in(repository: git.Repository, commit: str, names: dict[str, str]) -> frozenset[str]:
    listed = repository.maybe("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--", *names.values())
    return frozenset((listed or "").split("\0"))
