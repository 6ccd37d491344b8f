"""SQL lives in .sql files, each query named and told in a sentence; Python never builds it."""

import ast
import re

import pytest

from contextfs.kit.sql import parse
from tests.house.source import ROOT, Module, module, modules

SQL = re.compile(r"^\s*(select|insert into|update|delete from|with|create|alter|drop|grant|revoke)\s", re.IGNORECASE)
ALLOWED = {
    "shared/contextfs/adapters/database/migrate.py": "the ledger of migrations, before any file can be read",
    "shared/contextfs/adapters/database/creation.py": "the database is made before it has a schema",
    "shared/contextfs/adapters/database/postgres.py": "transactions themselves",
    "shared/contextfs/adapters/database/listen.py": "listen takes no parameters",
    "shared/contextfs/adapters/clouds/local/bus.py": "a bare pg_notify",
    "shared/contextfs/runtime/events/waker.py": "a bare pg_notify",
    "shared/contextfs/runtime/health.py": "select 1",
    "shared/contextfs/adapters/database/isolation.py": "it asks of every table that the catalog names",
    "shared/contextfs/runtime/isolation/ways.py": "queries that must never be answered",
    "shared/contextfs/adapters/database/untrusted.py": "it runs what people wrote, whatever its text",
    "shared/contextfs/runtime/openapi/examples.py": "an example of what people write",
    "shared/contextfs/runtime/stack/database.py": "the database is made before it has a schema",
}


def faults(one: Module) -> list[str]:
    if one.path in ALLOWED or "/embedded/" in one.path:
        return []
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        f"{one.path}:{node.lineno} holds SQL"
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and SQL.match(node.value)
        and re.search(r"\b(from|into|set|table|on)\b", node.value)
    ]


@pytest.mark.parametrize("text", ["x = 'select a from b'", "x = f'update a set b = {c}'"])
def test_the_rule_can_be_broken(text: str) -> None:
    assert len(faults(module(text))) == 1


def test_no_module_holds_sql() -> None:
    assert [fault for one in modules() for fault in faults(one)] == []


def test_every_query_is_told_in_a_sentence_and_used() -> None:
    used = {
        node.value
        for one in modules()
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    faulty: list[str] = []
    for file in (ROOT / "shared/contextfs").rglob("postgres.sql"):
        queries = parse(str(file), file.read_text(encoding="utf-8"))
        faulty += [f"{file.parent.name}: {name} is not told" for name in queries.names() if queries[name][:3] != "-- "]
        faulty += [f"{file.parent.name}: {name} is not used" for name in queries.names() if name not in used]

    assert faulty == []
