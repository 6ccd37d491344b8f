"""Looks through what git has of a store: every state of every file in it, in all branches, stashes and the reflog."""

import os
from collections.abc import Iterator
from typing import Final

from contextfs.domain.redaction.model import Policy
from contextfs.local import git
from contextfs.local.base.connection import Base, batches
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.git import Repository
from contextfs.local.place import Place
from contextfs.local.scan.looking import Hit, hits
from contextfs.local.scan.model import Found

_AT_ONCE: Final = 500
_MARK: Final = "scanned git"
_EVERYWHERE: Final = ("--all", "--reflog")
_CURE: Final = (
    "change the secret; `git filter-repo --replace-text` takes it out of the history, for everyone who fetches anew"
)


def history(base: Base, place: Place, policy: Policy, counted: dict[str, int]) -> Iterator[Found]:
    """Look through the states that were not yet, with these rules; nothing where there is no git.

    What git has is told and never changed: others have it, too.
    """
    repository = git.repository(place.root)
    if repository is None:
        return
    below = os.path.relpath(place.folder.resolve(), repository.root.resolve()).replace(os.sep, "/")
    tips = sorted({*repository.run("rev-parse", "--all").split()})
    is_clean = True
    for some in batches(_states(repository, below, _known(base, policy)), _AT_ONCE):
        states = zip(some, repository.contents([blob for blob, _ in some]), strict=True)
        for hit in hits([(state, data.decode("utf-8", "replace")) for state, data in states], policy):
            is_clean = False
            yield from _found(hit)
        counted["git"] = counted.get("git", 0) + len(some)
    if is_clean:
        set_mark(base, _MARK, " ".join([str(policy.edition), *tips]))


def _states(repository: Repository, below: str, known: list[str]) -> list[tuple[str, str]]:
    """List the contents that files of a folder had, each with the path that it was found at first."""
    among = [*_EVERYWHERE, "--full-history", "--not", *known] if known else [*_EVERYWHERE, "--full-history"]
    listed = repository.run("rev-list", "--objects", *among, "--", below).splitlines()
    named = (line.split(" ", 1) for line in listed if " " in line)
    paths = {name: path for name, path in named if path.startswith(f"{below}/")}
    kinds = zip(paths, repository.kinds([*paths]), strict=True)
    return [(name, paths[name]) for name, kind in kinds if kind == "blob"]


def _known(base: Base, policy: Policy) -> list[str]:
    """Give the commits whose history was looked through with these rules."""
    version, *tips = (mark(base, _MARK) or "0").split()
    return tips if int(version) == policy.edition else []


def _found(hit: Hit) -> Iterator[Found]:
    blob, path = hit.thing
    for one in hit.findings:
        yield Found(kind=one.kind, fingerprint=one.fingerprint, where="git", id=blob[:12], within=path, cure=_CURE)
