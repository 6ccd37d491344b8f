"""The store's settings: `.contextfs/config.toml`, committed, written by people and by `ctx`.

Keys of servers are never kept here. A setting that this version does not know is told and kept.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit import forms
from contextfs.kit.errors import Invalid, NotFound, Unavailable
from contextfs.kit.fields import Name
from contextfs.kit.languages import Languages, chosen
from contextfs.kit.pattern import pattern
from contextfs.kit.personal import USUAL, Personal
from contextfs.kit.redaction_rule import Rules, Wanted
from contextfs.local.toml_lines import line_of, with_setting, without_setting
from contextfs.local.toml_plain import plain

FORMAT: Final = 1

_RESTORE: Final = "restore the file from git, or mend that line"
_FORM: Final = pattern(r"has to be str matching regex .*")
_NO_CHOICE: Final = "Invalid enum value "
_CONFLICT: Final = ("<<<<<<<", "=======", ">>>>>>>")

Level = Literal["private", "project"]
Pattern = Annotated[str, Meta(min_length=1, max_length=1000)]
Url = Annotated[str, Meta(max_length=2000, pattern=forms.SERVER)]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whose things are shared, or not: the first rule whose conditions all hold decides. Patterns are as in a shell.

    A condition that is not known is refused: without it, the rule would share more than was meant.
    """

    visibility: Level
    tool: Pattern | None = None
    branch: Pattern | None = None
    path: Pattern | None = None
    type: Pattern | None = None
    tag: Pattern | None = None


class Sharing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What leaves this machine: memories do, sessions do not, unless a rule or a command says so.

    `learned` is for memories that were learned from private sessions: they are private as well, until somebody shares
    them. Those that were learned from a session that others see are for these others.
    """

    sessions: Level = "private"
    memories: Level = "project"
    learned: Level = "private"
    rules: list[Rule] = []


class Searching(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How things are found: by words and meanings, or by words alone; words of which languages beside English."""

    embedder: Literal["local", "none"] = "local"
    languages: list[str] = []

    @property
    def spoken(self) -> Languages:
        """The languages whose words are known in all their forms, beside English."""
        return chosen(self.languages)


class Injecting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What hooks hand to a conversation: at its start and with each prompt, in `tokens` at the most each time."""

    start: bool = True
    prompt: bool = True
    tokens: Annotated[int, Meta(ge=50, le=20_000)] = 800


class Recording(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether what tools wrote is kept as they wrote it, without secrets, and in how many megabytes at the most.

    With `share`, what is kept of a session that others see goes to the server with it.
    """

    keep: bool = True
    share: bool = True
    megabytes: Annotated[int, Meta(ge=1, le=1_000_000)] = 1000


class Redacting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is taken out of all that is stored, beside secrets: classes of what tells who somebody is, and own rules."""

    personal: list[Personal] = msgspec.field(default_factory=lambda: sorted(USUAL))
    rules: Rules = []

    @property
    def wanted(self) -> frozenset[Wanted]:
        """All of it."""
        return frozenset[Wanted]((*self.personal, *self.rules))


class Syncing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether changes are sent in the background, after the command that made them."""

    background: bool = True


class ProjectNamed(msgspec.Struct, frozen=True, kw_only=True):
    """The project: its id is committed, so that clones, worktrees and renamed folders are one project."""

    id: UUID
    name: Name


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """The server that the store is synced with. Keys are never kept here."""

    url: Url


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of a store."""

    format: int = FORMAT
    project: ProjectNamed
    server: Linked | None = None
    share: Sharing = Sharing()
    search: Searching = Searching()
    sync: Syncing = Syncing()
    inject: Injecting = Injecting()
    records: Recording = Recording()
    redact: Redacting = Redacting()


def read(file: Path) -> Config:
    """Read the settings; Invalid names the file, the line and the cure."""
    return parse(text_of(file), str(file))


def text_of(file: Path) -> str:
    """Read the text of the settings; NotFound, Invalid or Unavailable say why that cannot be."""
    try:
        return file.read_bytes().decode().removeprefix("\ufeff")
    except FileNotFoundError:
        raise NotFound(f"{file} is missing: restore it from git, or run `ctx init`.") from None
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None
    except OSError as error:
        raise Unavailable(f"{file} cannot be read ({error.strerror}): give it back to yourself.") from None


def parse(text: str, name: str) -> Config:
    """Read settings from a text; `name` is the file that errors name."""
    values = _values(text, name)
    written = values.get("format", FORMAT)
    if isinstance(written, int) and written > FORMAT:
        cure = "update ctx (pip install -U contextfs-platform)"
        raise Invalid(f"{name}:{line_of(text, 'format')}: format {written} is newer than this ctx: {cure}.")
    try:
        config = msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        raise Invalid(_told(text, name, str(error))) from None
    if config.redact.rules:
        _check(config.redact.rules, text, name)
    try:
        chosen(config.search.languages)
    except Invalid as error:
        told = error.detail
        line = line_of(text, "search.languages")
        raise Invalid(f"{name}:{line}: search.languages: {told[:1].lower()}{told[1:]}") from None
    for number, rule in enumerate(config.share.rules):
        if rule == Rule(visibility=rule.visibility):
            line = line_of(text, "share.rules")
            cure = f'give it a condition (tool, branch, path, type, tag), or set sessions = "{rule.visibility}"'
            raise Invalid(f"{name}:{line}: rule {number + 1} holds for everything: {cure}.")
    return config


def _check(rules: Rules, text: str, name: str) -> None:
    """Refuse rules of redaction that cannot be run; the line is that of the rule."""
    from contextfs.domain.redaction.own import checked  # noqa: PLC0415 - loads what runs patterns; few have rules

    try:
        checked(rules, "redact.rules")
    except Invalid as error:
        told = str(error)
        raise Invalid(f"{name}:{line_of(text, error.where or '')}: {told[:1].lower()}{told[1:]}") from None


def warnings(text: str, name: str) -> list[str]:
    """List the settings that are not known, each with its line: they are kept, and do nothing."""
    return [
        f"{name}:{line_of(text, key)}: there is no setting {key}{_near(key, known)}; it does nothing"
        for key, known in _unknown(_values(text, name), Config, "")
    ]


def fresh(project: ProjectNamed) -> str:
    """Write the settings of a new store."""
    return (
        f"format = {FORMAT}\n\n"
        "# The project is known by this id everywhere, whatever the folder or the repository is called.\n"
        f'[project]\nid = "{project.id}"\nname = {quoted(project.name)}\n\n'
        "# What leaves this machine by `ctx push`. Once a server is linked, it runs by itself after a change, unless\n"
        "# `background = false` stands below [sync]. Sessions stay here, unless `ctx share` or a rule says otherwise:\n"
        '# rules = [{ tool = "claude-code", branch = "main", visibility = "project" }]\n'
        '[share]\nsessions = "private"\nmemories = "project"\n'
    )


def with_server(text: str, url: str | None) -> str:
    """Give the settings with another server, or none; all else stays as it was written."""
    return without_setting(text, "server", "url") if url is None else with_setting(text, "server", "url", quoted(url))


def quoted(text: str) -> str:
    """Write a text as TOML."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(one):04x}" if ord(one) < 0x20 or ord(one) == 0x7F else one for one in plain) + '"'


def _values(text: str, name: str) -> dict[str, Any]:
    """Read TOML; Invalid tells the line, also where git left a conflict."""
    if (values := plain(text)) is not None:
        return values
    import tomllib  # noqa: PLC0415 - most settings are plain

    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(_CONFLICT):
            raise Invalid(f"{name}:{number}: git could not merge this file: keep one side, and delete the marks.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).removesuffix(")").rpartition(" (at ")
        at_line = where.removeprefix("line ").partition(",")[0]
        number = at_line if at_line.isdigit() else str(max(1, len(text.splitlines())))
        raise Invalid(f"{name}:{number}: {what[:1].lower()}{what[1:]}: {_RESTORE}.") from None


def _told(text: str, name: str, error: str) -> str:
    """Say what is wrong with a value, and in which line."""
    what, _, where = error.partition(" - at `")
    key = where.rstrip("`").removeprefix("$").removeprefix(".")
    plain = what.removeprefix("Object ").replace("`", "").replace("missing required field", "lacks")
    plain = plain.replace("Expected ", "has to be ")
    plain = _FORM.sub("is not written as it has to be", plain)
    if plain.startswith(_NO_CHOICE):
        plain = f"is {plain.removeprefix(_NO_CHOICE)}, and has to be {' or '.join(_choices(key))}"
    number = line_of(text, key) or max(1, len(text.splitlines()))
    return f"{name}:{number}: {key or 'the file'} {plain[:1].lower()}{plain[1:]}: {_RESTORE}."


def _choices(key: str) -> list[str]:
    """Give the words of which a setting has to be one."""
    from msgspec import inspect  # noqa: PLC0415 - only for what is wrong

    kind: Any = inspect.type_info(Config)
    for name in key.replace("[", ".[").split("."):
        if name.startswith("["):
            kind = kind.item_type
        else:
            kind = next(field.type for field in kind.fields if field.encode_name == name)
    return list(kind.values)


def _unknown(values: Mapping[str, Any], struct: Any, within: str) -> Iterator[tuple[str, list[str]]]:
    """Give the names that a noun does not have, with those that it has."""
    kinds: dict[str, Any] = {"project": ProjectNamed, "server": Linked, "share": Sharing}
    kinds |= {"search": Searching, "sync": Syncing, "inject": Injecting, "records": Recording, "redact": Redacting}
    for name, value in values.items():
        if name not in struct.__struct_fields__:
            yield f"{within}{name}", list(struct.__struct_fields__)
        elif not within and name in kinds and isinstance(value, dict):
            yield from _unknown(cast("dict[str, Any]", value), kinds[name], f"{name}.")


def _near(key: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a slip of the fingers

    near = get_close_matches(key.rpartition(".")[2], known, n=1)
    return f" (is {near[0]} meant?)" if near else ""
