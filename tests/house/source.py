"""Reads the code of this repository for the rules of the house."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CODE = ("shared/contextfs", "functions", "clients", "infra")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A file of Python code: its path below the root, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """How long it is."""
        return self.text.count("\n")

    def functions(self) -> Iterator[Function]:
        """Go through all functions and methods."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Go through all calls, each with the dotted name of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


def module(text: str, path: str = "shared/contextfs/seeded.py") -> Module:
    """Make a module from a text, for a seeded bad example."""
    return Module(path, text, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Read all code of the product."""
    files = sorted(file for folder in CODE for file in (ROOT / folder).rglob("*.py"))
    return tuple(module(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT))) for file in files)


def length(function: Function) -> int:
    """Count a function's lines."""
    return (function.end_lineno or function.lineno) - function.lineno + 1
