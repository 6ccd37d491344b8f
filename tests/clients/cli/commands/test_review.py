"""`ctx review`, here and there: what waits is shown, asked about, decided and taken back."""

import json
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from clients.cli.main import run
from contextfs.client import ContextFS
from tests.clients.cli.conftest import Ctx
from tests.contextfs.local.places import Machine

FIRST, SECOND = "We like npm best.", "we like npm the best"
Here = Callable[..., tuple[int, str, str]]


class Terminal(StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Give a function that runs `ctx` in a folder with a store, in which two memories say the same."""
    root = tmp_path / "repository"
    root.mkdir()
    machine = Machine(root).init()
    for text in (FIRST, SECOND):
        machine.add(text)
    monkeypatch.setenv("CONTEXTFS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONTEXTFS_BACKGROUND", "off")
    monkeypatch.chdir(root)

    def run_here(*arguments: str, types: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", StringIO() if types is None else Terminal(types))
        capsys.readouterr()
        code = run([*arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run_here


def waiting(here: Here) -> list[dict[str, Any]]:
    return json.loads(here("review", "--json")[1])


def contents(here: Here) -> set[str]:
    return {one["content"] for one in json.loads(here("memory", "list", "--json")[1])}


def test_what_waits_is_shown_with_both_texts(here: Here) -> None:
    code, out, _ = here("review")

    assert (code, FIRST in out, SECOND in out) == (0, True, True)
    assert "duplicate: It says the same" in out


def test_who_types_is_asked_one_after_the_other(here: Here) -> None:
    code, out, _ = here("review", types="what?\na\n")

    assert (code, out.count("[a]ccept"), "Accepted: 1 memory changed" in out) == (0, 2, True)
    assert (contents(here), waiting(here)) == ({FIRST}, [])


@pytest.mark.parametrize("types", ["s\n", "q\n", ""])
def test_who_does_not_decide_leaves_it_waiting(here: Here, types: str) -> None:
    here("review", types=types)

    assert len(waiting(here)) == 1


def test_a_decision_by_its_id_is_taken_back_by_undo(here: Here) -> None:
    [asked] = waiting(here)
    here("review", asked["id"][-12:], "--accept")
    merged = contents(here)
    [settled] = json.loads(here("review", "--settled", "--json")[1])
    undone = json.loads(here("review", settled["id"][-12:], "--undo", "--json")[1])

    assert (merged, contents(here)) == ({FIRST}, {FIRST, SECOND})
    assert (settled["id"], len(undone["changed"])) == (asked["id"], 1)


def test_what_was_taken_back_is_not_said_to_be_taken_back_once_more(here: Here) -> None:
    [asked] = waiting(here)
    accepted = here("review", asked["id"][-12:], "--accept")[1]
    undone = here("review", asked["id"][-12:], "--undo")[1]

    assert "--undo` undoes it" in accepted
    assert "Taken back: 1 memory changed.\n" == undone


def test_kept_apart_is_not_asked_again(here: Here) -> None:
    here("review", waiting(here)[0]["id"], "--keep-both")

    assert here("review")[:2] == (0, "Nothing waits for a decision.\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--accept"], 2),
        (["abcdef123456"], 2),
        (["abcdef123456", "--accept", "--reject"], 2),
        (["abcdef123456", "--accept"], 3),
        (["abc", "--undo"], 2),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(here: Here, arguments: list[str], code: int) -> None:
    ended, out, err = here("review", *arguments)

    assert (ended, out, err.count("\n")) == (code, "", 1)


def test_the_queue_of_a_server_is_decided_there(
    ctx: Ctx, client: ContextFS, sweep_and_settle: Callable[[], None]
) -> None:
    for text in (FIRST, SECOND):
        client.memories.create(text)
    sweep_and_settle()
    [asked] = ctx("review", "--json").json
    accepted = ctx("review", asked["id"][-12:], "--accept")
    left = [one.content for one in client.memories.list()]
    ctx("review", asked["id"][-12:], "--undo")

    assert (accepted.code, left) == (0, [FIRST])
    assert {one.content for one in client.memories.list()} == {FIRST, SECOND}
