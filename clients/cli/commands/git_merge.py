"""`ctx git-merge`: what git calls to merge a memory's file."""

from typing import Annotated

from clients.cli.line.command import Argument


def git_merge(
    base: Annotated[str, Argument("The file as both sides began with it (%O).")],
    ours: Annotated[str, Argument("Our version; the result is written here (%A).")],
    theirs: Annotated[str, Argument("Their version (%B).")],
    name: Annotated[str, Argument("The file's path in the repository (%P).")] = "",
) -> int:
    """Merge two versions of a memory field by field; git calls this, as `ctx init` set up."""
    from contextfs.local.merge import run  # noqa: PLC0415 - as late as can be

    return run(base, ours, theirs, name)
