"""What git tells of the repository around a store: its address, its branch and its worktrees."""

import re
from pathlib import Path
from typing import Final

from contextfs.local.git import Repository

_SECRET: Final = re.compile(r"(?<=://)[^/@\s]*@")
_SHORT_SSH: Final = re.compile(r"(?:[^/@\s]+@)?([^/:\s]+):(?!//)(.+)")
_LONG: Final = re.compile(r"[a-z+]+://(?:[^/@\s]*@)?([^/:\s]+)(?::\d+)?/(.+)")


def remote(repository: Repository) -> str | None:
    """Give the address of the repository elsewhere, without a name or password: that of `origin`, or of the first."""
    printed = repository.maybe("config", "--get-regexp", r"^remote\..*\.url$") or ""
    pairs = [line.partition(" ") for line in printed.splitlines()]
    known = {key.removeprefix("remote.").removesuffix(".url"): address for key, _, address in pairs}
    address = known.get("origin") or next(iter(known.values()), None)
    return None if address is None else _SECRET.sub("", address)


def worktrees(repository: Repository) -> tuple[Path, ...]:
    """List the working trees of the repository, the main one first."""
    printed = repository.maybe("worktree", "list", "--porcelain", "-z") or repository.maybe(
        "worktree", "list", "--porcelain"
    )
    lines = re.split(r"[\0\n]", printed or "")
    found = tuple(Path(line.removeprefix("worktree ")) for line in lines if line.startswith("worktree "))
    return found or (repository.root,)


def same_place(left: str, right: str) -> bool:
    """Tell whether two addresses, by whatever protocol and name, are of one repository."""
    return _plain(left) == _plain(right)


def project_name(address: str) -> str:
    """Give the last word of an address: what people call the repository."""
    return _plain(address).replace("\\", "/").rpartition("/")[2]


def _plain(address: str) -> str:
    found = _LONG.fullmatch(address) or _SHORT_SSH.fullmatch(address)
    text = f"{found[1].lower()}/{found[2].lstrip('/')}" if found else address
    return text.rstrip("/").removesuffix(".git")
