"""The property tests are scored by mutation: each mistake in the revision library makes one of them fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contextfs.domain.memories.mutants import MUTANTS
from tests.mutation import Mutant, plant

_PLUGIN = """
from hypothesis import Phase, settings
settings.register_profile("judge", database=None, phases=[Phase.explicit, Phase.generate], derandomize=True)
settings.load_profile("judge")
"""
_FAILED = 1
ids = [mutant.name for mutant in MUTANTS]


def judged(repository: Path, planted: Path) -> subprocess.CompletedProcess[str]:
    """Run the property tests alone, on a copy of the library, with nothing kept and nothing shrunk."""
    (planted / "judge.py").write_text(_PLUGIN)
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-x", "-p", "judge", "-p", "no:cacheprovider"),
            *("-o", f"pythonpath={planted} .", "-m", "hypothesis and not slow", "tests/contextfs/domain/memories"),
        ],
        cwd=repository,
        env=os.environ | {"PYTHONPATH": str(planted), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("mutant", MUTANTS, ids=ids)
def test_each_mistake_still_fits_the_code(mutant: Mutant, repository: Path) -> None:
    text = (repository / "shared/contextfs" / mutant.file).read_text(encoding="utf-8")

    assert text.count(mutant.right) == 1
    compile(text.replace(mutant.right, mutant.wrong), mutant.file, "exec")


@pytest.mark.slow
def test_the_property_tests_pass_without_a_mistake(repository: Path, tmp_path: Path) -> None:
    nothing = Mutant("nothing", MUTANTS[0].file, MUTANTS[0].right, MUTANTS[0].right)

    done = judged(repository, plant(nothing, repository / "shared", tmp_path))

    assert (0, 0) == (done.returncode, done.stdout.count("failed")), done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=ids)
def test_each_mistake_fails_a_property_test(mutant: Mutant, repository: Path, tmp_path: Path) -> None:
    done = judged(repository, plant(mutant, repository / "shared", tmp_path))

    assert done.returncode == _FAILED, f"{mutant.name} lives:\n{done.stdout}{done.stderr}"
