"""The tests of SAML are scored by mutation: a check that is taken out fails the test that is named beside it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contextfs.adapters.identity.saml.mutants import MUTANTS, Unchecked
from tests.mutation import Mutant, plant

_FAILED = 1
ids = [one.mutant.name for one in MUTANTS]


def judged(repository: Path, planted: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """Run tests on a copy of the library."""
    folder = "tests/contextfs/adapters/identity/saml/"
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-o", f"pythonpath={planted} ."),
            *(folder + test for test in tests),
        ],
        cwd=repository,
        env=os.environ | {"PYTHONPATH": str(planted), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("one", MUTANTS, ids=ids)
def test_each_check_still_stands_where_it_is_taken_out(one: Unchecked, repository: Path) -> None:
    text = (repository / "shared/contextfs" / one.mutant.file).read_text(encoding="utf-8")

    assert text.count(one.mutant.right) == 1
    compile(text.replace(one.mutant.right, one.mutant.wrong), one.mutant.file, "exec")


@pytest.mark.slow
def test_the_tests_pass_with_all_checks(repository: Path, tmp_path: Path) -> None:
    nothing = Mutant("nothing", MUTANTS[0].mutant.file, MUTANTS[0].mutant.right, MUTANTS[0].mutant.right)

    done = judged(repository, plant(nothing, repository / "shared", tmp_path), *{one.noticed_by for one in MUTANTS})

    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("one", MUTANTS, ids=ids)
def test_each_missing_check_is_noticed(one: Unchecked, repository: Path, tmp_path: Path) -> None:
    done = judged(repository, plant(one.mutant, repository / "shared", tmp_path), one.noticed_by)

    assert done.returncode == _FAILED, f"{one.mutant.name} lives:\n{done.stdout}{done.stderr}"
