"""Whether a folder's files are as git has committed them, told by git: of thousands it tells sooner than Python could.

It tells of one moment, and does not say what moved. Standard library only: `ctx status` loads little else.
"""

import os

_ALIKE = (
    *("-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false"),
    *("-c", "core.checkStat=default", "-c", "core.trustctime=true"),
)
"""What a repository may say otherwise: each file is looked at, and by all that git keeps of it."""
_STATUS = ("status", "--porcelain", "--untracked-files=all", "--ignored", "--no-renames", "--")
_FLAGS = ("ls-files", "-v", "-z", "--")
_USUAL = b"H "


def is_clean(root: str, below: str) -> bool:
    """Tell whether nothing in a folder below the working folder's is changed, new or ignored; False where git fails."""
    return _said(root, *_STATUS, below) == b""


def is_looked_at(root: str, below: str) -> bool:
    """Tell whether git looks at each file there: people may have it take some for unchanged, or for absent."""
    said = _said(root, *_FLAGS, below)
    return said is not None and all(entry.startswith(_USUAL) for entry in said.split(b"\0") if entry)


def _said(root: str, *command: str) -> bytes | None:
    """Give what git prints; None where it fails, or cannot be started so."""
    if not hasattr(os, "posix_spawnp"):
        return None
    reader, writer = os.pipe()
    given = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    line = ["git", "--no-optional-locks", "-C", root, *_ALIKE, *command]
    actions = [(os.POSIX_SPAWN_DUP2, writer, 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    try:
        child = os.posix_spawnp("git", line, given, file_actions=actions)
    except OSError:
        os.close(reader)
        return None
    finally:
        os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    return said if os.waitpid(child, 0)[1] == 0 else None
