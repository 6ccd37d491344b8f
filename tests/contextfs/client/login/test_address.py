"""Which server is called, and with which key."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from contextfs.client import Address, Invalid, NotAuthenticated, Unavailable
from contextfs.client.http.errors import Unreachable
from contextfs.client.login.address import find, server_of
from contextfs.client.login.credentials import keep

PROJECT = UUID("0192c000-0000-7000-8000-000000000001")
OTHER = UUID("0192c000-0000-7000-8000-000000000002")


@pytest.fixture
def stack(tmp_path: Path) -> dict[str, str]:
    """Leave what a start of the stack leaves; gives the environment that names it."""
    saved = {"port": 8420, "founding": {"key": "own-key", "project_id": str(PROJECT), "email": "a@b"}}
    (tmp_path / "stack.json").write_text(json.dumps(saved))
    return {"CONTEXTFS_HOME": str(tmp_path)}


def test_without_a_word_it_is_the_stack_of_this_machine(stack: dict[str, str]) -> None:
    assert find(stack) == Address(url="http://127.0.0.1:8420", key="own-key", project_id=PROJECT)


def test_the_environment_goes_before_the_stack(stack: dict[str, str]) -> None:
    environment = stack | {"CONTEXTFS_URL": "https://team.example/", "CONTEXTFS_API_KEY": "team-key"}

    assert find(environment) == Address(url="https://team.example", key="team-key")


def test_arguments_go_before_the_environment(stack: dict[str, str]) -> None:
    environment = stack | {"CONTEXTFS_URL": "https://team.example", "CONTEXTFS_API_KEY": "team-key"}

    found = find(environment, url="https://other.example", key="other-key", project_id=OTHER)

    assert found == Address(url="https://other.example", key="other-key", project_id=OTHER)


def test_the_own_key_goes_nowhere_else(stack: dict[str, str]) -> None:
    with pytest.raises(NotAuthenticated):
        find(stack | {"CONTEXTFS_URL": "https://team.example"})


def test_the_own_address_takes_the_own_key(stack: dict[str, str]) -> None:
    assert find(stack | {"CONTEXTFS_URL": "http://127.0.0.1:8420"}).key == "own-key"


def test_another_key_for_the_stack_has_no_usual_project(stack: dict[str, str]) -> None:
    found = find(stack | {"CONTEXTFS_API_KEY": "narrow-key"})

    assert found == Address(url="http://127.0.0.1:8420", key="narrow-key")


def test_the_project_may_be_named(stack: dict[str, str]) -> None:
    assert find(stack | {"CONTEXTFS_PROJECT_ID": str(OTHER)}).project_id == OTHER


def test_nothing_known_is_told_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="ctx up"):
        find({"CONTEXTFS_HOME": str(tmp_path)})


def test_without_a_stack_a_person_may_mean_the_server_that_they_are_logged_in_at(tmp_path: Path) -> None:
    environment = {"CONTEXTFS_HOME": str(tmp_path)}
    keep(environment | {"CONTEXTFS_KEYRING": "off"}, "https://team.example", "team-key", logged_in=True)
    found, server = find(environment, or_login=True), server_of(environment)
    keyed = environment | {"CONTEXTFS_API_KEY": "of-nobody-knows-where"}

    assert found == Address(url="https://team.example", key="team-key")
    assert server == "https://team.example"
    with pytest.raises(Unreachable, match="No server is known"):
        find(environment)
    with pytest.raises(Unreachable, match="No server is known"):
        find(keyed, or_login=True)
    with pytest.raises(Unreachable, match="No server is known"):
        find(environment, key="of-nobody-knows-where", or_login=True)


def test_a_key_that_was_kept_for_a_store_is_no_login(tmp_path: Path) -> None:
    environment = {"CONTEXTFS_HOME": str(tmp_path), "CONTEXTFS_KEYRING": "off"}
    keep(environment, "https://of-a-store.example", "its-key")
    with pytest.raises(Unreachable, match="No server is known"):
        find(environment, or_login=True)
    keep(environment, "https://team.example", "team-key", by_login=True)  # as an older version kept one

    assert find(environment, or_login=True).url == "https://team.example"


def test_of_several_logins_none_is_guessed(tmp_path: Path) -> None:
    environment = {"CONTEXTFS_HOME": str(tmp_path), "CONTEXTFS_KEYRING": "off"}
    for url in ("https://team.example", "https://other.example"):
        keep(environment, url, "a-key", logged_in=True)

    with pytest.raises(Unreachable, match=r"logged in at https://team\.example, https://other\.example: choose"):
        find(environment, or_login=True)


def test_a_login_that_has_ended_is_none(tmp_path: Path) -> None:
    environment = {"CONTEXTFS_HOME": str(tmp_path), "CONTEXTFS_KEYRING": "off"}
    now = datetime.now(UTC)
    keep(environment, "https://old.example", "old-key", logged_in=True, until=now - timedelta(days=90))
    with pytest.raises(Unreachable, match=r"has ended: `ctx auth login https://old\.example`"):
        find(environment, or_login=True)
    keep(environment, "https://team.example", "team-key", logged_in=True, until=now + timedelta(days=1))

    assert find(environment, or_login=True) == Address(url="https://team.example", key="team-key")


def test_a_key_without_a_server_is_told_to_name_one(tmp_path: Path) -> None:
    environment = {"CONTEXTFS_HOME": str(tmp_path), "CONTEXTFS_KEYRING": "off", "CONTEXTFS_API_KEY": "a-key"}
    keep(environment, "https://team.example", "team-key", logged_in=True)

    with pytest.raises(Unreachable, match="known for the key: set CONTEXTFS_URL"):
        find(environment, or_login=True)


def test_the_stack_goes_before_a_login(stack: dict[str, str]) -> None:
    keep(stack | {"CONTEXTFS_KEYRING": "off"}, "https://team.example", "team-key", logged_in=True)

    assert find(stack, or_login=True).url == server_of(stack) == "http://127.0.0.1:8420"


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text('{"port": ')

    with pytest.raises(Unavailable, match=r"stack\.json"):
        find({"CONTEXTFS_HOME": str(tmp_path)})


@pytest.mark.parametrize("url", ["team.example", "ftp://team.example", "https://", "http://a/?b=c"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        find({}, url=url, key="key")


def test_a_project_that_is_no_id_is_refused(stack: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="CONTEXTFS_PROJECT_ID"):
        find(stack | {"CONTEXTFS_PROJECT_ID": "default"})
