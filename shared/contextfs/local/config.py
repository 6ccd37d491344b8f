"""The store's settings: `.contextfs/config.toml`, committed, written by people and by `ctx`."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.errors import Invalid, NotFound, Unavailable
from contextfs.kit.fields import Name

FORMAT = 1

Level = Literal["private", "project"]
Pattern = Annotated[str, Meta(min_length=1, max_length=1000)]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whose things are shared, or not: the first rule whose conditions all hold decides. Patterns are as in a shell."""

    visibility: Level
    tool: Pattern | None = None
    branch: Pattern | None = None
    path: Pattern | None = None
    type: Pattern | None = None
    tag: Pattern | None = None


class Sharing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What leaves this machine: memories do, sessions do not, unless a rule or a command says so."""

    sessions: Level = "private"
    memories: Level = "project"
    rules: list[Rule] = []


class ProjectNamed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The project: its id is committed, so that clones, worktrees and renamed folders are one project."""

    id: UUID
    name: Name


class Linked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The server that the store is synced with. Keys are never kept here."""

    url: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+$")]


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of a store."""

    format: int = FORMAT
    project: ProjectNamed
    server: Linked | None = None
    share: Sharing = Sharing()


def read(file: Path) -> Config:
    """Read the settings; Invalid names the file, the place and the cure."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound(f"{file} is missing: `ctx init` makes it.") from None
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None
    except OSError as error:
        raise Unavailable(f"{file} cannot be read ({error.strerror}).") from None
    return parse(text, str(file))


def parse(text: str, name: str) -> Config:
    """Read settings from a text."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{name} cannot be read: {error}. Mend that line, or restore the file from git.") from None
    written = values.get("format", FORMAT)
    if not isinstance(written, int) or written > FORMAT:
        raise Invalid(f"{name} has format {written}, and this ctx reads {FORMAT}: update ctx.")
    try:
        return msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        raise Invalid(f"{name}: {_plain(str(error))}{_line_of(text, str(error))}.") from None


def fresh(project: ProjectNamed) -> str:
    """Write the settings of a new store."""
    return (
        f"format = {FORMAT}\n\n"
        "# The project is known by this id everywhere, whatever the folder or the repository is called.\n"
        f'[project]\nid = "{project.id}"\nname = {_quoted(project.name)}\n\n'
        "# What leaves this machine by `ctx push`. Sessions stay here, unless `ctx share` or a rule says otherwise:\n"
        '# rules = [{ tool = "claude-code", branch = "main", visibility = "project" }]\n'
        '[share]\nsessions = "private"\nmemories = "project"\n'
    )


def with_server(text: str, url: str | None) -> str:
    """Give the settings with another server, or none; all else stays as it was written."""
    without = re.sub(r"(?ms)^\[server\][^\n]*\n(?:(?!^\[).*?\n)*?(?=^\[|\Z)", "", text)
    without = without.rstrip("\n") + "\n"
    return without if url is None else f"{without}\n[server]\nurl = {_quoted(url)}\n"


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(f"\\u{ord(char):04x}" if ord(char) < 0x20 or ord(char) == 0x7F else char for char in plain) + '"'
    )


def _plain(told: str) -> str:
    return (
        told.replace("Object contains unknown field", "there is no setting").replace("$.", "").replace("$", "the top")
    )


def _line_of(text: str, told: str) -> str:
    """Name the line of the setting that an error speaks of, where it can be found."""
    found = re.search(r"`\$?\.?([\w.\[\]]+)`", told)
    last: Any = re.findall(r"[A-Za-z_]\w*", found[1])[-1:] if found else []
    for number, line in enumerate(text.splitlines(), start=1):
        if last and re.match(rf"\s*\[?{last[0]}\b", line):
            return f", in line {number}"
    return ""
