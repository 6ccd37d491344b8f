"""What a text states between two entities."""

import pytest

from contextfs.domain.graph.relations import closed, relations

STATED: list[tuple[str, list[tuple[str, str, str]]]] = [
    ("AuthService uses Redis.", [("symbol:authservice", "uses", "tool:redis")]),
    ("`load_user` calls `check_token()`.", [("symbol:load_user", "uses", "symbol:check_token")]),
    ("src/a.py depends on the `retry_once` helper", [("file:src/a.py", "depends_on", "symbol:retry_once")]),
    ("Our API now runs on Kubernetes and PostgreSQL requires pgvector",
     [("tool:postgres", "depends_on", "tool:pgvector")]),
    ("Use pnpm instead of npm.", [("tool:pnpm", "replaces", "tool:npm")]),
    ("We replaced MySQL with PostgreSQL", [("tool:postgres", "replaces", "tool:mysql")]),
    ("We migrated from Jest to Vitest", [("tool:vitest", "replaces", "tool:jest")]),
    ("MySQL was replaced by PostgreSQL", [("tool:postgres", "replaces", "tool:mysql")]),
    ("PR 12 fixes SHOP-7", [("issue:#12", "fixes", "issue:shop-7")]),
    ("AuthService does not use Redis; it never uses Kafka.", []),
    ("AuthService uses a cache. Redis is fast.", []),
    ("Redis uses Redis", []),
    ("Redis and Kafka", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "edges"), STATED)
def test_plain_words_between_two_entities(text: str, edges: list[tuple[str, str, str]]) -> None:
    assert edges == [(one.source, one.relation, one.target) for one in relations(text)]


def test_issues_are_closed_by_the_words_that_trackers_know() -> None:
    assert closed("Fixes #12, closes: SHOP-7. See #13; fixed the typo in #14") == ["issue:#12", "issue:shop-7"]
