"""Files do what their names say, and fit on a screen."""

import ast
import statistics
from pathlib import PurePath

import pytest

from tests.house.source import Function, Module, length, module, modules

VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


def faults(one: Module) -> list[str]:
    told = [f"{one.path} is called by a word that says nothing"] if PurePath(one.path).stem in VAGUE else []
    if not (ast.get_docstring(one.tree) or "").strip():
        told.append(f"{one.path} does not open with a sentence")
    if one.lines > 400:
        told.append(f"{one.path} has {one.lines} lines")
    most = 20 if one.path.startswith("functions/") else 40
    told += [
        f"{one.path}:{function.lineno} {function.name} is longer than {most} lines"
        for function in one.functions()
        if (work(function) if function.name == "handle" else length(function)) > most
    ]
    return told


def work(handler: Function) -> int:
    """Count a handler's lines below its signature, which lists the route's parameters."""
    return (handler.end_lineno or 0) - handler.body[0].lineno + 1


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('"""A sentence."""\n', "shared/contextfs/kit/utils.py"),
        ("x = 1\n", "shared/contextfs/kit/words.py"),
        ('"""A sentence."""\n' + "x = 1\n" * 401, "shared/contextfs/kit/words.py"),
        ('"""A sentence."""\ndef long():\n' + "    x = 1\n" * 41, "shared/contextfs/kit/words.py"),
        ('"""A sentence."""\ndef handle():\n' + "    x = 1\n" * 21, "functions/memories/get.py"),
    ],
)
def test_the_rule_can_be_broken(text: str, path: str) -> None:
    assert len(faults(module(text, path))) == 1


def test_every_module_keeps_the_rule() -> None:
    assert [fault for one in modules() for fault in faults(one)] == []


def test_most_functions_fit_a_hand() -> None:
    lengths = [length(function) for one in modules() for function in one.functions()]

    assert statistics.quantiles(lengths, n=10)[-1] <= 36
