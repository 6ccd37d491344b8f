"""What was acknowledged is there after a power cut, whatever had not been flushed, and the next command says so.

Real commands run, each call of theirs and of SQLite's is recorded, and every state is made that a cut may have left.
"""

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from tests.clients.cli.here.disk import Left, states
from tests.clients.cli.here.folder import Folder, folder
from tests.clients.cli.here.recorder import STRACE, Recorder

pytestmark = pytest.mark.skipif(STRACE is None, reason="calls are recorded by strace, which is not installed")

Told = tuple[Sequence[str], Sequence[str]]
"""What a command is told, and the texts that there are once it has answered."""

CTX = [sys.executable, "-m", "clients.cli.main"]
OLD, OTHER = "We use psycopg.", "We test."


def faults(
    here: Folder,
    story: Sequence[Told],
    *,
    begun: Sequence[str] = (),
    heard: Sequence[str] = (),
    made: Sequence[str] = (),
) -> list[str]:
    """Run commands, and cut the power wherever it may make a difference; gives what was wrong after that.

    `begun` are the texts of memories before, `heard` what is said in conversations once all has been answered; `made`
    are folders that another program makes first, and does not flush.
    """
    found = Recorder(here.root)
    if made:
        found.run(["mkdir", *made], here.environment, here.root.parent / "trace")
    for words, _ in story:
        found.run([*CTX, *words], here.environment, here.root.parent / "trace")
    assert len(story) == found.answers
    time.sleep(1.1)  # what is torn is no longer taken for being written
    expected = [sorted(begun), *(sorted(texts) for _, texts in story)]
    told: list[str] = []
    for number, left in enumerate(states(found.begin, found.steps)):
        copy = Folder(here.root.parent / f"left{number}" / "r")
        left.disk.put(copy.root)
        fault = _fault(copy, left, expected[left.said : left.said + 2], is_made=bool(begun))
        if left.said == len(story):
            fault += "".join(f"{text!r} is not found; " for text in heard if not _is_found(copy, text))
        if fault:
            told.append(f"step {left.step}, {left.said} answered, {left.missing}: {fault}")
        shutil.rmtree(copy.root.parent)
    return told


def _fault(copy: Folder, left: Left, allowed: Sequence[Sequence[str]], *, is_made: bool) -> str:
    """Say what is wrong in a folder after a power cut; nothing where the next commands bring it into order."""
    if not is_made and left.said == 0:
        copy.ctx("init")
    before = copy.files()
    told, listed = copy.ctx("status"), copy.ctx("memory", "list", "--json")
    if told.code or listed.code:
        return f"{told.out} {told.err} {listed.err}"
    texts = sorted(one["content"] for one in listed.json)
    if texts not in allowed:
        return f"there is {texts}, not one of {allowed}; {told.err}"
    if before != copy.files() and not told.err:
        return "nobody said that the files were brought into step"
    if wrong := [line for line in copy.ctx("doctor").out.splitlines() if line.startswith("!!")]:
        return str(wrong)
    return ", ".join(f"{text!r} is not found" for text in texts if not _is_found(copy, text))


def _is_found(copy: Folder, text: str) -> bool:
    found = copy.ctx("search", text, "--mode", "lexical", "--json")
    return any(text in one["snippet"] for one in found.json["hits"])


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with two memories."""
    made = folder(tmp_path / "r", git=False)
    made.ctx("memory", "add", OLD)
    made.ctx("memory", "add", OTHER)
    return made


def digits(here: Folder, text: str) -> str:
    [found] = [one["id"] for one in here.ctx("memory", "list", "--json").json if one["content"] == text]
    return found


def test_a_store_is_made_and_memories_are_added(tmp_path: Path) -> None:
    here = Folder(tmp_path / "r")
    here.root.mkdir()
    first, second = "We deploy on Mondays.", "The gateway listens on port 8420."

    assert [] == faults(
        here,
        [
            (["init", "--json"], []),
            (["memory", "add", first, "--type", "decision"], [first]),
            (["memory", "add", second, "--private"], [first, second]),
        ],
    )


def test_a_memory_is_reworded_moved_and_deleted(here: Folder) -> None:
    one, new = digits(here, OLD), "We use pg8000."

    assert [] == faults(
        here,
        [
            (["memory", "edit", one, new], [new, OTHER]),
            (["memory", "edit", one, "--type", "decision"], [new, OTHER]),
            (["memory", "rm", one], [OTHER]),
        ],
        begun=[OLD, OTHER],
    )


def test_a_search_takes_in_what_is_new(here: Folder) -> None:
    assert [] == faults(
        here,
        [
            (["search", "psycopg", "--mode", "lexical"], [OLD, OTHER]),
            (["memory", "add", "We deploy with uv."], [OLD, OTHER, "We deploy with uv."]),
            (["search", "deploy", "--mode", "lexical"], [OLD, OTHER, "We deploy with uv."]),
        ],
        begun=[OLD, OTHER],
    )


def test_many_memories_arrive_at_once(here: Folder, tmp_path: Path) -> None:
    other = folder(tmp_path / "other", git=False)
    texts = [f"Fact number {number}." for number in range(12)]
    for text in texts:
        other.ctx("memory", "add", text)
    other.ctx("export", str(tmp_path / "all.jsonl"))

    assert [] == faults(
        here, [(["import", "contextfs", str(tmp_path / "all.jsonl")], [OLD, OTHER, *texts])], begun=[OLD, OTHER]
    )


def test_what_people_did_to_files_that_are_safe_is_taken_in(here: Folder) -> None:
    (here.root / ".contextfs/memories/fact/note.md").write_text("We deploy with uv.\n")
    here.edit(UUID(digits(here, OTHER)), OTHER, "We test a lot.")
    after = [OLD, "We deploy with uv.", "We test a lot."]

    assert [] == faults(here, [(["status"], after), (["memory", "rm", digits(here, OLD)], after[1:])], begun=after)


def test_a_conversation_is_captured_goes_on_and_is_over(here: Folder) -> None:
    [*_, session] = here.ctx("capture", "Which port does staging take?").out.split()
    heard = ["Staging takes 8123.", "Thank you very much."]
    kept = [OLD, OTHER]

    assert [] == faults(
        here,
        [
            (["append", session, heard[0], "--role", "assistant"], kept),
            (["append", session, heard[1]], kept),
            (["complete", session], kept),
        ],
        begun=kept,
        heard=heard,
    )


def test_a_folder_that_an_ended_command_made_is_as_safe_as_one_s_own(here: Folder) -> None:
    text = "We deploy on Mondays."
    story = [(["memory", "add", text, "--type", "decision"], [OLD, OTHER, text])]

    assert [] == faults(here, story, begun=[OLD, OTHER], made=[".contextfs/memories/decision"])


def test_the_first_conversation_of_a_clone_is_safe(here: Folder) -> None:
    shutil.rmtree(here.root / ".contextfs/local")
    story = [(["capture", "Which port does staging take?"], [OLD, OTHER])]

    assert [] == faults(
        here, story, begun=[OLD, OTHER], heard=["Which port does staging take?"], made=[".contextfs/local"]
    )


def test_what_was_touched_is_remembered_until_it_is_put_back(tmp_path: Path) -> None:
    here = folder(tmp_path / "r", git=True)
    found = Recorder(here.root)
    found.run([*CTX, "off"], here.environment, tmp_path / "trace")

    assert [] == [
        f"step {left.step}: {left.missing}"
        for left in states(found.begin, found.steps)
        if b"contextfs" in _said(left, ".git", "config") and not _said(left, ".contextfs", "local", "touched.json")
    ]


def _said(left: Left, *path: str) -> bytes:
    """Give what a file says after a power cut; nothing where there is none."""
    node = left.disk.find(path)
    return b"" if node is None else bytes(left.disk.files[node].data)
