"""What is secret is compared in a time that tells nothing of how much was right: by hmac.compare_digest, or hashed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_SECRET = re.compile(r"(mac|signature|csrf|csrf_token|secret|token|cookie|binder|password|_digest)$")


def _name(side: ast.expr) -> str:
    match side:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
            return name
        case ast.Call(func=function):
            return _name(function)
        case _:
            return ""


def plain_comparisons(source: str) -> Iterator[str]:
    """Give the comparisons of secrets that stop at the first letter which is wrong."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [node.left, *node.comparators]
            if not any(isinstance(side, ast.Constant) for side in sides):
                yield from (ast.unparse(node) for side in sides if _SECRET.search(_name(side)))


@pytest.mark.parametrize("room", ["functions", "shared/contextfs/runtime", "shared/contextfs/journeys"])
def test_no_secret_is_compared_letter_by_letter(room: str, repository: Path) -> None:
    found = {
        f"{path.relative_to(repository)}: {one}"
        for path in (repository / room).rglob("*.py")
        for one in plain_comparisons(path.read_text(encoding="utf-8"))
    }

    assert found == set()


@pytest.mark.parametrize(
    "line", ["given == secret", "me.csrf_token != fields.get('csrf')", "row['state_token'] == digest(x)"]
)
def test_a_plain_comparison_is_found(line: str) -> None:
    assert list(plain_comparisons(line))


@pytest.mark.parametrize("line", ["hmac.compare_digest(a, token)", "token == ''", "role != wanted"])
def test_what_tells_nothing_is_fine(line: str) -> None:
    assert list(plain_comparisons(line)) == []
