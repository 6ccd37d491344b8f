"""Ask before something is done that cannot be undone."""

import sys

from clients.cli.line.command import Misused

_YES = frozenset({"y", "yes"})


def is_sure(question: str, *, yes: bool) -> bool:
    """Tell whether a person agrees; `yes` is their word for it. Misused where nobody is there to be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise Misused("this cannot be undone, and nobody can be asked here: give --yes")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in _YES
