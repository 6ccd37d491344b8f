"""What the parts of Python that ask the system have on each system, as typeshed has it, which basedpyright brings."""

import ast
import operator
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_STUBS = {
    "os": "os/__init__.pyi",
    "signal": "signal.pyi",
    "time": "time.pyi",
    "socket": "socket.pyi",
    "select": "select.pyi",
}
_OLDEST = (3, 11)
"""The oldest Python that is supported: what came later is lacking."""

_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
}

ASKING = frozenset(_STUBS)


@cache
def names(module: str, system: str) -> frozenset[str]:
    """Give what a module has on a system, as `sys.platform` calls it."""
    brought = find_spec("basedpyright")
    assert brought is not None
    assert brought.origin is not None
    stubs = Path(brought.origin).parent / "dist/typeshed-fallback/stdlib"
    tree = ast.parse((stubs / _STUBS[module]).read_text(encoding="utf-8"))
    return frozenset(_declared(tree.body, system))


def lacking(module: str, system: str) -> frozenset[str]:
    """Give what a module has on some system, and not on this one."""
    everywhere = {name for one in ("linux", "darwin", "win32") for name in names(module, one)}
    return frozenset(everywhere - names(module, system))


def _declared(body: list[ast.stmt], system: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.If):
            yield from _declared(node.body if _holds(node.test, system) else node.orelse, system)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign):
            yield ast.unparse(node.target)
        elif isinstance(node, ast.Assign):
            yield from (ast.unparse(target) for target in node.targets)
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def _holds(test: ast.expr, system: str) -> bool:
    """Tell whether a condition of a stub holds: these ask for the system and the version, and nothing else."""
    if isinstance(test, ast.BoolOp):
        parts = [_holds(one, system) for one in test.values]
        return all(parts) if isinstance(test.op, ast.And) else any(parts)
    if not isinstance(test, ast.Compare):
        raise NotImplementedError(ast.unparse(test))
    known: dict[str, object] = {"sys.platform": system, "sys.version_info": _OLDEST}
    there, asked = known[ast.unparse(test.left)], ast.literal_eval(test.comparators[0])
    return _OPERATORS[type(test.ops[0])](there, asked)
