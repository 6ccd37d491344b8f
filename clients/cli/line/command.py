"""What a command takes, said once and without loading anything: `plain.py` reads by it, `explained.py` explains it."""

from collections.abc import Callable
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import msgspec

Function = Callable[..., int | None]


class Misused(Exception):
    """A command was called wrong; the words say how."""


class Option(msgspec.Struct, frozen=True):
    """An option: its names (`--limit -n`), what it is for, a number's range, and the variable it may come from."""

    names: str
    help: str
    min: int | None = None
    max: int | None = None
    envvar: str | None = None
    hidden: bool = False


class Argument(msgspec.Struct, frozen=True):
    """A value that is given by its place."""

    help: str


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter of a command's function. `kind` is its type, without None and without list."""

    name: str
    kind: Any
    is_list: bool
    told: Option | Argument
    default: Any
    is_required: bool
    hint: Any


class Group:
    """A command that has commands of its own."""

    def __init__(self, about: str) -> None:
        self.about = about
        self.commands: dict[str, Function] = {}

    def command(self, name: str | None = None) -> Callable[[Function], Function]:
        """Add a function as a command, by its own name or another one."""

        def added(function: Function) -> Function:
            self.commands[name or function.__name__] = function
            return function

        return added


def parameters(function: Function) -> list[Parameter]:
    """List what a command takes, in order. Its function has plain parameters, each `Annotated` with what it is."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    defaults = function.__defaults__ or ()
    given = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    return [_parameter(name, function.__annotations__[name], given) for name in names]


def _parameter(name: str, annotation: Any, given: dict[str, Any]) -> Parameter:
    if get_origin(annotation) is not Annotated:
        raise TypeError(f"{name} does not say what it is")
    hint, told = get_args(annotation)
    of_hint = (hint,) if get_origin(hint) is list else get_args(hint) or (hint,)
    [kind] = [one for one in of_hint if one is not NoneType]
    is_list = get_origin(kind) is list
    return Parameter(
        name=name,
        kind=get_args(kind)[0] if is_list else kind,
        is_list=is_list,
        told=told,
        default=given.get(name),
        is_required=name not in given,
        hint=hint,
    )
