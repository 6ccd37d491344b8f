"""On which systems each part of a module may run, and what was looked for before: what stands around it says so."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

SYSTEMS = frozenset({"linux", "darwin", "win32"})
_NAMES = {"nt": frozenset({"win32"}), "posix": SYSTEMS - {"win32"}}
"""What `os.name` calls systems."""
_LEAVING = ast.Return | ast.Raise | ast.Continue | ast.Break
_FAILING = {"AttributeError": "*", "ImportError": "import *", "ModuleNotFoundError": "import *"}
"""What fails where something is absent, and what was looked for where that is caught."""


@dataclass(frozen=True)
class Known:
    """The systems on which something may run, and the names, such as `os.fork`, that are there then."""

    systems: frozenset[str] = SYSTEMS
    found: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        """Tell whether a name was looked for, or what fails without it is caught."""
        return bool({name, "*"} & self.found)


def parts(tree: ast.Module, known: Known) -> Iterator[tuple[ast.AST, Known]]:
    """Go through all of a module, each part with what is known where it runs."""
    yield from _block(tree.body, known)


def _block(body: Sequence[ast.stmt], known: Known) -> Iterator[tuple[ast.AST, Known]]:
    for node in body:
        yield from _part(node, known)
        if isinstance(node, ast.If):
            holds, fails = _told(node.test, known)
            if isinstance(node.body[-1], _LEAVING):
                known = fails
            elif node.orelse and isinstance(node.orelse[-1], _LEAVING):
                known = holds


def _part(node: ast.AST, known: Known) -> Iterator[tuple[ast.AST, Known]]:
    yield node, known
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        holds, fails = _told(node.test, known)
        yield from _part(node.test, known)
        yield from _both(node.body, holds)
        yield from _both(node.orelse, fails)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _part(value, known)
            known = _told(value, known)[0 if isinstance(node.op, ast.And) else 1]
    elif isinstance(node, ast.Try):
        yield from _block(node.body, replace(known, found=known.found | _caught(node)))
        for one in (*node.handlers, *node.orelse, *node.finalbody):
            yield from _part(one, known)
    else:
        for _, value in ast.iter_fields(node):
            yield from _both(value, known)


def _both(value: object, known: Known) -> Iterator[tuple[ast.AST, Known]]:
    if isinstance(value, ast.AST):
        yield from _part(value, known)
    elif isinstance(value, list):
        nodes = [one for one in cast("list[object]", value) if isinstance(one, ast.AST)]
        statements = [one for one in nodes if isinstance(one, ast.stmt)]
        yield from _block(statements, known)
        for one in nodes:
            if not isinstance(one, ast.stmt):
                yield from _part(one, known)


def _caught(node: ast.Try) -> frozenset[str]:
    names = {name.id for one in node.handlers if one.type for name in ast.walk(one.type) if isinstance(name, ast.Name)}
    return frozenset(_FAILING[name] for name in names & _FAILING.keys())


def _told(test: ast.expr, known: Known) -> tuple[Known, Known]:
    """Give what is known where a condition holds, and where it does not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        holds, fails = _told(test.operand, known)
        return fails, holds
    if isinstance(test, ast.BoolOp):
        here, is_and = known, isinstance(test.op, ast.And)
        for value in test.values:
            here = _told(value, here)[0 if is_and else 1]
        return (here, known) if is_and else (known, here)
    if isinstance(test, ast.Call) and ast.unparse(test.func) == "hasattr" and isinstance(test.args[1], ast.Constant):
        name = f"{ast.unparse(test.args[0])}.{test.args[1].value}"
        return replace(known, found=known.found | {name}), known
    asked = _asked(test)
    if asked is None:
        return known, known
    return replace(known, systems=known.systems & asked), replace(known, systems=known.systems - asked)


def _asked(test: ast.expr) -> frozenset[str] | None:
    """Give the systems on which a condition holds; None where it asks something else."""
    if isinstance(test, ast.Call) and ast.unparse(test.func) == "sys.platform.startswith":
        return frozenset({ast.literal_eval(test.args[0])}) & SYSTEMS
    if not isinstance(test, ast.Compare) or ast.unparse(test.left) not in {"sys.platform", "os.name"}:
        return None
    try:
        given = ast.literal_eval(test.comparators[0])
    except ValueError:
        return None
    those = frozenset({given} if isinstance(given, str) else given)
    if ast.unparse(test.left) == "os.name":
        those = frozenset(one for name in those for one in _NAMES.get(name, ()))
    is_other = isinstance(test.ops[0], ast.NotEq | ast.NotIn)
    return SYSTEMS - those if is_other else those & SYSTEMS
