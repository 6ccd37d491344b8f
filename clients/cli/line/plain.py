"""Reads a command line that is plainly right, in no time; whatever is not is left to the reader that can explain."""

import os
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from clients.cli.line.command import Argument, Function, Group, Option, Parameter, parameters

_END = "--"


def bound(
    command: Function | Group, arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> tuple[Function, dict[str, Any]] | None:
    """Give the function that is meant with its values; None where help is asked for, or anything is not right."""
    if isinstance(command, Group):
        if not arguments or arguments[0] not in command.commands:
            return None
        return bound(command.commands[arguments[0]], arguments[1:], environment)
    try:
        return command, _read(parameters(command), arguments, environment)
    except (ValueError, LookupError):
        return None


def _read(known: Sequence[Parameter], arguments: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    by_name = {name: one for one in known if isinstance(one.told, Option) for name in one.told.names.split()}
    places = [one for one in known if isinstance(one.told, Argument)]
    values = _values_of(environment, known)
    waiting = iter(arguments)
    only_places = False
    seen: set[str] = set()
    for word in waiting:
        if word == _END and not only_places:
            only_places = True
        elif only_places or not word.startswith("-") or word == "-":
            _put(values, _place(places), word, seen)
        else:
            name, is_joined, joined = word.partition("=")
            one = by_name[name]
            if one.kind is bool:
                _refuse(is_joined)
                values[one.name] = True
            else:
                _refuse(is_joined and not name.startswith("--"))
                _put(values, one, joined if is_joined else _next(waiting), seen)
    _refuse(any(one.is_required and one.name not in values for one in known))
    return {one.name: values.get(one.name, one.default) for one in known}


def _place(places: list[Parameter]) -> Parameter:
    """Give whose the next word is: a list, which stands last, takes all that come."""
    return places[0] if places[0].is_list else places.pop(0)


def _values_of(environment: Mapping[str, str], known: Sequence[Parameter]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in known:
        text = environment.get(one.told.envvar) if isinstance(one.told, Option) and one.told.envvar else None
        if text:
            values[one.name] = _converted(one, text)
    return values


def _put(values: dict[str, Any], one: Parameter, text: str, seen: set[str]) -> None:
    value = _converted(one, text)
    if one.is_list and one.name in seen:
        values[one.name].append(value)
    else:
        values[one.name] = [value] if one.is_list else value
    seen.add(one.name)


def _converted(one: Parameter, text: str) -> Any:
    if one.kind is str:
        return text
    if one.kind is int:
        return _number(one, text)
    if one.kind is Path:
        _refuse(not text)
        return Path(text)
    if isinstance(one.kind, type) and issubclass(one.kind, Enum):
        return one.kind(text)
    raise ValueError(text)


def _number(one: Parameter, text: str) -> int:
    _refuse(not (text.isascii() and text.isdigit()))
    number = int(text)
    if isinstance(one.told, Option):
        _refuse(one.told.min is not None and number < one.told.min)
        _refuse(one.told.max is not None and number > one.told.max)
    return number


def _next(waiting: Any) -> Any:
    found = next(waiting, None)
    if found is None:
        raise LookupError
    return found


def _refuse(wrong: object) -> None:
    if wrong:
        raise ValueError
