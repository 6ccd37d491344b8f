"""Past conversations about the repository of a store, in all of its working trees."""

from pathlib import Path

from contextfs.local import git
from contextfs.local.git import Repository
from contextfs.local.place import Place
from contextfs.local.setup import around as git_around
from contextfs.local.setup.model import Surroundings, TranscriptsFound
from contextfs.local.setup.transcripts import transcripts
from contextfs.local.setup.transcripts.here import Here, here


def conversations(
    place: Place, repository: Repository | None, remote: str | None, around: Surroundings
) -> tuple[TranscriptsFound, ...]:
    """List the conversations that were had in a store's folder, by tool."""
    return transcripts(here(_folders(place, repository), remote), around)


def of_tool(place: Place, tool: str, around: Surroundings) -> tuple[Path, ...]:
    """Give the files of one tool's conversations that were had in a store's folder."""
    found = transcripts(whereabouts(place), around, [tool])
    return next((one.files for one in found), ())


def found(place: Place, around: Surroundings) -> tuple[TranscriptsFound, ...]:
    """List the conversations about a store's repository that can be read, by tool."""
    return tuple(one for one in transcripts(whereabouts(place), around) if one.readable)


def whereabouts(place: Place) -> Here:
    """Tell by which folders a conversation is one about a store's repository."""
    repository = git.repository(place.root)
    return here(_folders(place, repository), git_around.remote(repository) if repository else None)


def _folders(place: Place, repository: Repository | None) -> list[Path]:
    """List the store's folder in each working tree."""
    if repository is None:
        return [place.root]
    below = place.root.absolute().relative_to(repository.root.absolute())
    return [place.root, *(tree / below for tree in git_around.worktrees(repository))]
