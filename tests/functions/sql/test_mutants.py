"""The tests of direct SQL are scored by mutation: a check that is taken out fails the test that is named beside it."""

from pathlib import Path

import pytest

from tests.functions.sql.mutants import MUTANTS
from tests.mutation import Unchecked, all_pass, is_noticed, still_stands

ids = [one.mutant.name for one in MUTANTS]


@pytest.mark.parametrize("one", MUTANTS, ids=ids)
def test_each_check_still_stands_where_it_is_taken_out(one: Unchecked, repository: Path) -> None:
    assert still_stands(one, repository)


@pytest.mark.slow
def test_the_tests_pass_with_all_checks(repository: Path, tmp_path: Path) -> None:
    assert all_pass(MUTANTS, repository, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("one", MUTANTS, ids=ids)
def test_each_missing_check_is_noticed(one: Unchecked, repository: Path, tmp_path: Path) -> None:
    assert is_noticed(one, repository, tmp_path)
