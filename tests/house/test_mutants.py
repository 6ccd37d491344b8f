"""Tests are scored by mutation: a check that is taken out fails the test that is named beside it.

Each check is looked for in every run. That its test fails without it takes seconds, and is seen for a sample of each
list, the same one in every run; for all of them with `-m slow`.
"""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from tests.contextfs.adapters.identity import mutants as openid
from tests.contextfs.adapters.identity.saml import mutants as saml
from tests.contextfs.runtime.oauth import mutants as oauth
from tests.functions import entering, promised
from tests.functions import mutants as door
from tests.functions.auth import mutants as auth
from tests.functions.scim import mutants as scim
from tests.functions.sql import mutants as sql
from tests.mutation import Unchecked, all_pass, is_noticed, still_stands, without

LISTS = {
    "openid": openid.MUTANTS,
    "saml": saml.MUTANTS,
    "oauth": oauth.MUTANTS,
    "auth": auth.MUTANTS,
    "scim": scim.MUTANTS,
    "sql": sql.MUTANTS,
    "door": door.MUTANTS,
    "entering": entering.MUTANTS,
    "promised": promised.MUTANTS,
}
QUICK = {"openid": 1, "saml": 1, "oauth": 1, "auth": 1, "scim": 1, "sql": 1, "door": 1, "entering": 1, "promised": 1}
"""How many of a list are seen to be noticed in every run."""
ALL = [(name, one) for name, many in LISTS.items() for one in many]


def sampled(name: str) -> frozenset[str]:
    """Name those of a list whose names have the lowest hashes: as good as drawn, and the same ones in every run."""
    ranked = sorted(LISTS[name], key=lambda one: sha256(f"1 {one.mutant.name}".encode()).digest())
    return frozenset(one.mutant.name for one in ranked[: QUICK[name]])


def told(name: str, one: Unchecked) -> str:
    return f"{name}: {one.mutant.name}"


@pytest.mark.parametrize("one", [pytest.param(one, id=told(name, one)) for name, one in ALL])
def test_each_check_still_stands_where_it_is_taken_out(one: Unchecked, repository: Path) -> None:
    assert still_stands(one, repository)


def test_what_a_later_migration_defines_again_is_no_check_any_more(repository: Path) -> None:
    file = "adapters/database/migrations/0060_pre_short_writes.sql"

    assert not still_stands(without("secret of a key", file, " and k.hash = key_hash", "", ""), repository)


def test_each_named_attack_has_its_check_taken_out(repository: Path) -> None:
    """What the table of attacks says of each test that it names: without a check of those lists it fails."""
    table = (
        (repository / "docs/guides/security.md").read_text(encoding="utf-8").partition("## Attacks by their names")[2]
    )
    rows = re.findall(r"^\| (.+) \| (`tests/.+) \| (.+) \|$", table, re.MULTILINE)
    idle = [
        (attack, test)
        for attack, tests, lists in rows
        for test in re.findall(r"`([^`]+)`", tests)
        if test not in {one.noticed_by.partition("[")[0] for name in lists.split(", ") for one in LISTS[name]}
    ]

    assert len(rows) > 15
    assert idle == []


@pytest.mark.slow
@pytest.mark.parametrize("name", LISTS)
def test_the_tests_pass_with_all_checks(name: str, repository: Path, tmp_path: Path) -> None:
    assert all_pass(LISTS[name], repository, tmp_path)


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(one, id=told(name, one), marks=() if one.mutant.name in sampled(name) else pytest.mark.slow)
        for name, one in ALL
    ],
)
def test_each_missing_check_is_noticed(one: Unchecked, repository: Path, tmp_path: Path) -> None:
    assert is_noticed(one, repository, tmp_path)
