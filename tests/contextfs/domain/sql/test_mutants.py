"""The attacks on the guard are scored by mutation: a check that is taken out lets one of them through."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from contextfs.domain.sql.guard import Guarded, guarded
from contextfs.kit.errors import Invalid
from tests.contextfs.domain.sql.attacks import REFUSED
from tests.contextfs.domain.sql.mutants import MUTANTS
from tests.mutation import Unchecked, still_stands

ids = [one.mutant.name for one in MUTANTS]
_MODULES = ("steps", "bounds", "columns", "tables", "guard")
"""In the order in which they import each other."""


@pytest.mark.parametrize("one", MUTANTS, ids=ids)
def test_each_missing_check_is_noticed(one: Unchecked, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert still_stands(one, repository)
    assert answer(without_it(one, repository, monkeypatch), one.noticed_by) != answer(guarded, one.noticed_by)


def test_what_gets_through_is_an_attack_that_is_tried() -> None:
    written_otherwise = {
        "names are folded",
        "names stand in quotes",
        "comments are left out",
        "views are found in their schema alone",
        "what is built is bounded",
        "each part of what is joined counts",
        "rows",
        "what is compared is no row",
        "copies",
        "a value for each number",
        "wide rows",
        "wide rows in order",
        "what is told once, in order",
        "what is gathered in order",
        "rows that recur",
        "rows that become a list",
        "long texts of the query",
        "what is sought is short",
        "what it is sought in has its share",
        "keys that are sought in JSON",
        "what reckons often",
        "what reads often",
        "a list of patterns",
    }
    tried = {one.mutant.name for one in MUTANTS if one.noticed_by in REFUSED}

    assert set(ids) - written_otherwise == tried


def without_it(one: Unchecked, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Guarded]:
    """Load the guard anew with a mistake in it, beside the right one."""
    package = repository / "shared/contextfs/domain/sql"
    guard = ModuleType("guard")
    for name in _MODULES:
        text = (package / f"{name}.py").read_text(encoding="utf-8")
        if one.mutant.file == f"domain/sql/{name}.py":
            text = text.replace(one.mutant.right, one.mutant.wrong)
        guard = ModuleType(f"contextfs.domain.sql.{name}")
        exec(compile(text, name, "exec"), guard.__dict__)  # noqa: S102 - our own code, with one mistake
        monkeypatch.setitem(sys.modules, guard.__name__, guard)
    return guard.guarded


def answer(guard: Callable[[str], Guarded], query: str) -> str:
    """Give the query as it would run, or what keeps it from that."""
    try:
        return guard(query).text
    except (Invalid, RecursionError) as refused:
        return type(refused).__name__
