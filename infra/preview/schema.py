"""Checks every input against the types that its provider's package ships: fields, required ones, kinds, known values.

A dict that a typo made is refused by the provider only when it is asked; here it is refused without one.
"""

import collections.abc
import difflib
import importlib
import inspect
import json
import re
import types
import typing
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import pulumi
from pulumi._types import input_type_py_to_pulumi_names, is_input_type

from infra.preview.recording import COMPUTED, SECRET, Recording, Resource

_IN_A_STRING = "Calling __str__ on an Output"
_TOLD_VALUES = re.compile(r"Possible values(?: are)?:?\s*((?:`[^`]+`(?:\s*,\s*|\s*and\s*|\s*or\s*|\.)*)+)")
_ABOUT_PARAMETER = re.compile(r"^\s*:param [^\n]*? (\w+): (.*?)(?=\n\s*:param|\Z)", re.DOTALL | re.MULTILINE)
_UNIONS = (typing.Union, types.UnionType)


@dataclass(frozen=True)
class Field:
    """What the package says of an input."""

    types: tuple[Any, ...]
    required: bool
    values: tuple[str, ...]
    """The values that its documentation lists as possible; none: any."""


def faults(recording: Recording) -> Iterator[str]:
    """Tell what is wrong with a recording's inputs, resource by resource."""
    for resource in recording.resources:
        if resource.custom and not resource.type.startswith("pulumi:"):
            yield from faults_of(resource)


def faults_of(resource: Resource) -> Iterator[str]:
    """Tell what is wrong with one resource's inputs."""
    arguments = _arguments_class(resource_class(resource.type))
    yield from _object(resource.inputs, arguments, resource.label)


def _object(given: dict[str, Any], arguments: type, where: str) -> Iterator[str]:
    fields = fields_of(arguments)
    for name, value in given.items():
        field = fields.get(name)
        if field is None:
            near = difflib.get_close_matches(name, fields, 1)
            meant = f", did you mean {near[0]}?" if near else ""
            yield f"{where}.{name}: {arguments.__name__} has no such field{meant}"
        else:
            yield from _value(value, field.types, f"{where}.{name}", field.values)
    for name, field in fields.items():
        if field.required and given.get(name) is None:
            yield f"{where}.{name}: {arguments.__name__} requires it"


def _value(value: Any, kinds: tuple[Any, ...], where: str, values: tuple[str, ...] = ()) -> Iterator[str]:
    if value is None or value in (COMPUTED, SECRET) or not kinds or Any in kinds:
        return
    if isinstance(value, str) and _IN_A_STRING in value:
        yield f"{where}: a value that only the cloud knows was written into a string: use Output.concat"
        return
    told = [list(found) for kind in kinds if (found := _as(value, kind, where, values)) is not None]
    if not told:
        yield f"{where}: {value!r:.60} is not {' or '.join(_named(kind) for kind in kinds)}"
    elif all(told):
        yield from min(told, key=len)


def _as(value: Any, kind: Any, where: str, values: tuple[str, ...]) -> Iterator[str] | None:
    """Read a value as a kind: what is wrong inside, or None when it is of another kind altogether."""
    origin = typing.get_origin(kind)
    if origin in (collections.abc.Mapping, dict):
        return _mapping(cast("dict[str, Any]", value), kind, where) if isinstance(value, dict) else None
    if origin in (collections.abc.Sequence, list):
        return _sequence(cast("list[Any]", value), kind, where) if isinstance(value, list) else None
    if not inspect.isclass(kind):
        return None
    if is_input_type(kind):
        return _object(cast("dict[str, Any]", value), kind, where) if isinstance(value, dict) else None
    if kind.__name__ in {"Asset", "Archive"}:
        return iter(()) if isinstance(value, dict) and "$asset" in value else None
    return _scalar(value, kind, where, values)


def _scalar(value: Any, kind: type, where: str, values: tuple[str, ...]) -> Iterator[str] | None:
    if kind is bool or isinstance(value, bool):
        return iter(()) if kind is bool and isinstance(value, bool) else None
    if kind in (int, float):
        return iter(()) if isinstance(value, int | float) else None
    if not (issubclass(kind, str) and isinstance(value, str)):
        return None
    members = [str(member.value) for member in cast("Any", kind)] if hasattr(kind, "__members__") else values
    return iter((f"{where}: {value!r} is none of {', '.join(members)}",) if members and value not in members else ())


def _mapping(value: dict[str, Any], kind: Any, where: str) -> Iterator[str]:
    inner = alternatives(typing.get_args(kind)[1])
    for key, item in value.items():
        yield from _value(item, inner, f"{where}.{key}")


def _sequence(value: list[Any], kind: Any, where: str) -> Iterator[str]:
    inner = alternatives(typing.get_args(kind)[0])
    for index, item in enumerate(value):
        yield from _value(item, inner, f"{where}[{index}]")


def alternatives(kind: Any) -> tuple[Any, ...]:
    """List what an `Input[X | None]` may be: X alone; outputs and awaitables have no value yet."""
    origin = typing.get_origin(kind)
    if origin in _UNIONS:
        return tuple(dict.fromkeys(one for each in typing.get_args(kind) for one in alternatives(each)))
    if origin is collections.abc.Awaitable or getattr(origin, "__name__", "") == "Output" or kind is type(None):
        return ()
    return (kind,)


@cache
def fields_of(arguments: type) -> dict[str, Field]:
    """Read a class of arguments: its fields by their names on the wire."""
    construct = cast("Any", arguments).__init__
    names = {**vars(pulumi.output), **vars(pulumi), **vars(inspect.getmodule(arguments))}
    hints = typing.get_type_hints(construct, names)
    wire = input_type_py_to_pulumi_names(arguments)
    about = dict(_ABOUT_PARAMETER.findall(inspect.getdoc(construct) or ""))
    return {
        wire.get(name, name): Field(
            types=alternatives(hints.get(name, Any)),
            required=parameter.default is inspect.Parameter.empty,
            values=_possible(about.get(name, "")),
        )
        for name, parameter in inspect.signature(construct).parameters.items()
        if name not in {"self", "__self__"}
    }


def _possible(about: str) -> tuple[str, ...]:
    listed = _TOLD_VALUES.search(about)
    return tuple(re.findall(r"`([^`]+)`", listed[1])) if listed else ()


def _named(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))


@cache
def _classes(package: str) -> dict[str, tuple[str, str]]:
    """The package's table of resources: token → module and class."""
    source = inspect.getsource(importlib.import_module(f"pulumi_{package.replace('-', '_')}"))
    table = re.search(r'resource_modules="""\s*(\[.*?\])\s*"""', source, re.DOTALL)
    if table is None:
        return {}
    entries: list[dict[str, Any]] = json.loads(table[1])
    return {token: (entry["fqn"], name) for entry in entries for token, name in entry["classes"].items()}


def resource_class(token: str) -> type:
    """Find the class of a type of resources: `aws:sqs/queue:Queue`."""
    module, name = _classes(token.split(":", 1)[0])[token]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the packages warn of parts of their own while they load
        return getattr(importlib.import_module(module), name)


@cache
def _arguments_class(resource: type) -> type:
    for overload in typing.get_overloads(cast("Any", resource).__init__):
        annotation = overload.__annotations__.get("args")
        for kind in (annotation, *typing.get_args(annotation)):
            if inspect.isclass(kind) and kind is not type(None):
                return kind
    raise AssertionError(resource)


@cache
def inputs_of(token: str) -> tuple[str, ...]:
    """Name the inputs that resources of a type take."""
    return tuple(fields_of(_arguments_class(resource_class(token))))
