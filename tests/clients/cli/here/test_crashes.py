"""A command that is killed at any of its steps loses nothing, and the next command brings things into order."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from tests.clients.cli.here.crasher import Death
from tests.clients.cli.here.folder import Folder, folder, source

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")

OLD, OTHER = "fact We use psycopg.", "fact We test."


EVERY = int(os.environ.get("CONTEXTFS_CRASH_EVERY", "7"))
"""How many steps lie between two deaths; 1 tries them all, which takes minutes."""


def deaths(here: Folder, *arguments: str, then: tuple[str, ...] = ("status",)) -> list[Death]:
    """Kill a command at many of its steps; gives what was found after each."""
    root = here.root.parent / "copies"
    root.mkdir()
    crasher = [sys.executable, "-m", "tests.clients.cli.here.crasher"]
    done = subprocess.run(
        [*crasher, str(root), str(here.root), str(EVERY), json.dumps(then), *arguments],
        cwd=source(),
        env=here.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [msgspec.json.decode(line, type=Death) for line in done.stdout.splitlines()]


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with two memories."""
    made = folder(tmp_path / "r", git=False)
    made.ctx("memory", "add", "We use psycopg.")
    made.ctx("memory", "add", "We test.")
    return made


def digits(here: Folder, text: str) -> str:
    [found] = [one["id"] for one in here.ctx("memory", "list", "--json").json if one["content"] == text]
    return found


def fault(one: Death, *, before: list[str], after: list[str], acknowledged: str) -> str:
    """Say what is wrong after a death; nothing when all is well."""
    if one.status or one.doctor:
        return f"step {one.step}: {one.status} {one.note} {one.doctor}"
    if one.texts not in (before, after):
        return f"step {one.step}: there is {one.texts}"
    if acknowledged in one.said and one.texts != after:
        return f"step {one.step}: {one.said} was lost"
    if not one.was_in_step and not one.note:
        return f"step {one.step}: nobody said that the files were brought into step"
    return ""


def check(found: list[Death], *, before: list[str], after: list[str], acknowledged: str) -> None:
    faults = [fault(one, before=before, after=after, acknowledged=acknowledged) for one in found]

    assert [] == [one for one in faults if one]
    assert {tuple(one.texts) for one in found} == {tuple(before), tuple(after)}
    assert any("interrupted" in one.note for one in found)


def test_adding(here: Folder) -> None:
    found = deaths(here, "memory", "add", "We deploy with uv.")

    check(found, before=[OTHER, OLD], after=["fact We deploy with uv.", OTHER, OLD], acknowledged="Stored")


def test_rewording(here: Folder) -> None:
    found = deaths(here, "memory", "edit", digits(here, "We use psycopg."), "We use pg8000.")

    check(found, before=[OTHER, OLD], after=[OTHER, "fact We use pg8000."], acknowledged="Changed")


def test_moving_to_another_folder(here: Folder) -> None:
    found = deaths(here, "memory", "edit", digits(here, "We use psycopg."), "--type", "decision")

    check(found, before=[OTHER, OLD], after=["decision We use psycopg.", OTHER], acknowledged="Changed")


def test_deleting(here: Folder) -> None:
    found = deaths(here, "memory", "rm", digits(here, "We use psycopg."))

    check(found, before=[OTHER, OLD], after=[OTHER], acknowledged="Deleted")


def test_taking_in_what_people_did_to_the_files(here: Folder) -> None:
    memories = here.root / ".contextfs/memories/fact"
    (memories / "note.md").write_text("We deploy with uv.\n")
    here.edit(UUID(digits(here, "We test.")), "We test.", "We test a lot.")
    after = ["fact We deploy with uv.", "fact We test a lot.", OLD]

    found = deaths(here, "status")

    assert [] == [one for one in (fault(d, before=after, after=after, acknowledged="\n") for d in found) if one]
    assert {3} == {len(one.files) for one in found}


def test_taking_in_what_another_store_exported(here: Folder, tmp_path: Path) -> None:
    other = folder(tmp_path / "other", git=False)
    texts = [f"Fact number {number}." for number in range(12)]
    for text in texts:
        other.add(text)
    other.ctx("export", str(tmp_path / "all.jsonl"))
    found = deaths(here, "import", "contextfs", str(tmp_path / "all.jsonl"))

    assert [] == [f"{one.step}: {one.note} {one.doctor}" for one in found if one.status or one.doctor]
    assert all({OTHER, OLD} <= set(one.texts) <= {OTHER, OLD, *(f"fact {text}" for text in texts)} for one in found)


def test_making_a_store(tmp_path: Path) -> None:
    empty = Folder(tmp_path / "r")
    empty.root.mkdir()
    empty.git("init", "-q")

    found = deaths(empty, "init", then=("init",))

    assert [] == [f"{one.step}: {one.note} {one.doctor}" for one in found if one.status or one.doctor]
    assert len(found) > 3


def test_switching_off(tmp_path: Path) -> None:
    here = folder(tmp_path / "r")
    here.ctx("memory", "add", "We use psycopg.")

    found = deaths(here, "off", then=("init",))

    assert [] == [f"{one.step}: {one.note} {one.doctor}" for one in found if one.status or one.doctor]
    assert {(OLD,)} == {tuple(one.texts) for one in found}
