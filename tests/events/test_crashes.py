"""kill -9 at random, under load: nothing acknowledged is lost, no event is lost, nothing is done twice."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from contextfs.runtime.stack import Home, down, up
from tests.events.ledger import judge
from tests.events.mutants import MUTANTS, Mutant
from tests.events.storm import rage, wait_for_calm
from tests.mutation import plant

SECONDS = float(os.environ.get("CONTEXTFS_STORM_SECONDS", "20"))


MUTANT_SECONDS = 30.0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    place = Home(tmp_path / "home")
    yield place
    down(place)


def test_a_storm_of_kills_loses_nothing_and_doubles_nothing(home: Home) -> None:
    stack = up(home, port=0)

    ledger, kills = rage(stack, seconds=SECONDS)
    wait_for_calm(home)

    with psycopg.connect(stack.database_url) as connection:
        verdict = judge(ledger, connection)
    story = f"kills {dict(kills)}, retries {ledger.attempts}, {verdict}"
    logging.getLogger(__name__).warning(story)

    assert verdict.acknowledged > 0, story
    assert verdict.clean, story


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_mistake_still_fits_the_code(mutant: Mutant, repository: Path, tmp_path: Path) -> None:
    planted = plant(mutant, repository / "shared", tmp_path) / "contextfs" / mutant.file

    compile(planted.read_text(encoding="utf-8"), str(planted), "exec")


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_ledger_catches_the_classic_mistakes(
    mutant: Mutant, home: Home, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(plant(mutant, repository / "shared", tmp_path / "mutant")))
    stack = up(home, port=0)

    ledger, kills = rage(stack, seconds=MUTANT_SECONDS, pause=(0.1, 0.6))
    wait_for_calm(home)

    with psycopg.connect(stack.database_url) as connection:
        verdict = judge(ledger, connection)
    story = f"{mutant.name}: kills {dict(kills)}, {verdict}"
    logging.getLogger(__name__).warning(story)

    assert any(getattr(verdict, counter) for counter in mutant.shows_as), story
