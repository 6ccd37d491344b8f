"""Commands as Click knows them: for help, and for whatever a command line has wrong."""

from collections.abc import Sequence
from difflib import get_close_matches
from enum import Enum
from inspect import cleandoc
from pathlib import Path
from typing import Any, cast

import click

from clients.cli.line.command import Argument, Function, Group, Option, Parameter, parameters

Bound = tuple[Function, dict[str, Any]]

_SAME = (
    ("rm", "remove", "delete", "del", "revoke", "end"),
    ("list", "ls"),
    ("show", "get", "cat", "view"),
    ("add", "create", "new", "make", "invite"),
    ("edit", "update", "change", "set"),
)
"""Words that people say for the same; each group of commands has one of them."""

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def bound(command: Function | Group, arguments: Sequence[str], name: str) -> Bound | None:
    """Give the function that is meant with its values; None where help was asked for, and is printed.

    click.UsageError says in words for people what is wrong.
    """
    found: Any = explained(command, name).main(args=list(arguments), prog_name=name, standalone_mode=False)
    return cast("Bound", found) if isinstance(found, tuple) else None  # click gives an exit code where it printed help


def explained(command: Function | Group, name: str) -> click.Command:
    """Describe a command in Click's words; called, it gives the function and its values, and runs nothing."""
    if isinstance(command, Group):
        commands = {inner: explained(function, inner) for inner, function in command.commands.items()}
        return _Group(name, help=command.about, commands=commands, context_settings=_SETTINGS)
    known = {one.name: one for one in parameters(command)}

    def meant(**values: Any) -> Bound:
        return command, {inner: _value(known[inner], values[inner]) for inner in known}

    about = cleandoc(command.__doc__ or "")
    return click.Command(
        name,
        help=about,
        short_help=about.partition("\n")[0],
        callback=meant,
        params=[_parameter(one) for one in known.values()],
        context_settings=_SETTINGS,
    )


class _Group(click.Group):
    """A group that lists its commands as they were written: what is done first stands first."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command that is meant; for a word that means one of ours, or nearly is one, say which."""
        name = args[0]
        if name in self.commands or name.startswith("-"):
            return super().resolve_command(ctx, args)
        meant = next((one for same in _SAME if name in same for one in same if one in self.commands), None)
        near = meant or next(iter(get_close_matches(name, self.commands, n=1)), None)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(self.commands)}"
        raise click.UsageError(f"there is no command {name!r}: {hint}", ctx)


class _Number(click.IntRange):
    """A whole number within bounds; what is none is told in words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            int(value)
        except ValueError:
            self.fail(f"{value!r} is not a whole number", param, ctx)
        return super().convert(value, param, ctx)


def _parameter(one: Parameter) -> click.Parameter:
    told = one.told
    shape: dict[str, Any] = {"type": _type(one), "required": one.is_required}
    if isinstance(told, Argument):
        choices = f" One of: {', '.join(_choices(one.kind))}." if _is_choice(one) else ""
        place = one.name.upper() if one.is_required else f"[{one.name.upper()}]"
        many = "..." if one.is_list else ""
        shape |= {"nargs": -1 if one.is_list else 1, "metavar": place + many}
        return click.Argument([one.name], help=told.help + choices, **shape)
    names = [*told.names.split(), one.name]
    common: dict[str, Any] = {"help": told.help, "hidden": told.hidden, "envvar": told.envvar, "show_envvar": True}
    if one.kind is bool:
        return click.Option(names, is_flag=True, **common)
    return click.Option(names, multiple=one.is_list, default=None if one.is_list else one.default, **common, **shape)


def _type(one: Parameter) -> Any:
    if isinstance(one.told, Option) and (one.told.min, one.told.max) != (None, None):
        return _Number(one.told.min, one.told.max)
    if _is_choice(one):
        return click.Choice(_choices(one.kind))
    return _Path(path_type=Path) if one.kind is Path else one.kind


class _Path(click.Path):
    """A path; an empty one is none, or it would be taken for the folder that one works in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)


def _value(one: Parameter, value: Any) -> Any:
    """Give a value as the function takes it."""
    if one.is_list:
        return list(value) if value else one.default
    return one.kind(value) if value is not None and _is_choice(one) else value


def _is_choice(one: Parameter) -> bool:
    return isinstance(one.kind, type) and issubclass(one.kind, Enum)


def _choices(kind: type[Enum]) -> list[str]:
    return [str(member.value) for member in kind]
