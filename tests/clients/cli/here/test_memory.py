"""`ctx memory` in the store of a folder: what a slip of the hand costs, and what lists say of what is not there."""

from pathlib import Path

import pytest

from clients.cli.here import background
from contextfs.local.place import required
from tests.clients.cli.here.folder import Folder, folder
from tests.clients.cli.here.test_background import processes, until

SAMPLES = Path(__file__).parents[4] / "clients" / "cli" / "samples"


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with a store and a memory in it."""
    made = folder(tmp_path / "r", git=False)
    made.ctx("memory", "add", "We use psycopg.", "--title", "Driver")
    return made


def id_of(here: Folder) -> str:
    return here.ctx("memory", "list", "--json").json[0]["id"]


def test_a_deleted_memory_is_brought_back_as_it_was(here: Folder) -> None:
    memory_id, files = id_of(here), here.files()
    before = here.ctx("memory", "show", memory_id, "--json").json
    here.ctx("memory", "rm", memory_id)
    gone = here.files()
    named = [[one["id"] for one in here.ctx("memory", "list", *more, "--json").json] for more in ((), ("--deleted",))]
    told = here.ctx("memory", "restore", memory_id[-12:])
    after = here.ctx("memory", "show", memory_id, "--json").json

    assert (0, {}, [[], [memory_id]]) == (told.code, gone, named)
    assert files == here.files()
    assert [before[name] for name in ("title", "content", "created_at")] == [
        after[name] for name in ("title", "content", "created_at")
    ]
    assert "Restored" in told.out
    assert "As it was" in here.ctx("memory", "restore", memory_id).out


def test_a_list_tells_since_when_what_was_learned_holds(here: Folder) -> None:
    here.ctx("import", "claude-code", str(SAMPLES / "receipts-queue.jsonl"))

    told = here.ctx("memory", "list", "--type", "decision").out.splitlines()

    assert ["id", "type", "since", "memory"] == told[0].split()
    assert any(" 2026-09-14  " in line and "We decided to use a jobs table" in line for line in told[1:])


def test_what_was_deleted_is_not_asked_for_as_of_a_time(here: Folder) -> None:
    told = here.ctx("memory", "list", "--deleted", "--as-of", "1d")

    assert (2, True) == (told.code, "--deleted or --as-of, not both" in told.err)


def test_what_never_was_is_not_brought_back(here: Folder) -> None:
    assert here.ctx("memory", "restore", "0" * 12).code == 3


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (("add", "x", "--type", ""), "--type is empty"),
        (("list", "--type", " "), "--type is empty"),
        (("edit", "000000", "x", "--type", ""), "--type is empty"),
        (("edit", "000000", "--pin", "--unpin"), "--pin or --unpin"),
    ],
)
def test_options_that_mean_nothing_are_refused(here: Folder, line: tuple[str, ...], why: str) -> None:
    told = here.ctx("memory", *line)

    assert 2 == told.code
    assert why in told.err


def test_a_list_tells_nothing_yet_from_nothing_that_fits(here: Folder) -> None:
    narrowed = here.ctx("memory", "list", "--type", "decision").out
    here.ctx("memory", "rm", id_of(here))

    assert "No memories fit these.\n" == narrowed
    assert "No memories yet" in here.ctx("memory", "list").out


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="processes are counted in /proc")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it outlives who starts it
def test_what_runs_in_the_background_is_ours_whatever_the_folder_holds(
    here: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here.root / "clients").mkdir()
    (here.root / "clients/__init__.py").write_text("open('shadowed', 'w').close()")
    monkeypatch.delenv("CONTEXTFS_BACKGROUND", raising=False)
    assert background.make_vectors(required(here.root))
    until(lambda: [] == processes(here))

    assert (here.root / ".contextfs/local/reindex.started").exists()
    assert not (here.root / "shadowed").exists()


def test_a_list_of_conflicts_numbers_the_texts_to_choose_from(here: Folder) -> None:
    [file] = here.root.glob(".contextfs/memories/*/*.md")
    marked = "<<<<<<< a\nWe use asyncpg.\n=======\nWe use pg8000.\n>>>>>>> b\n"
    file.write_text(file.read_text().replace("We use psycopg.\n", marked))

    texts = [line.strip() for line in here.ctx("conflicts").out.splitlines() if line.startswith("    ")]
    kept = here.ctx("conflicts", "resolve", id_of(here), "--keep", "2")
    shown = here.ctx("memory", "show", id_of(here)).out

    assert {"We use asyncpg.", "We use pg8000."} == {text.partition(": ")[2] for text in texts}
    assert ["1", "2"] == [text.partition(": ")[0] for text in texts]
    assert "Resolved" in kept.out
    assert texts[1].partition(": ")[2] in shown


def test_the_revision_that_is_shown_is_one_that_can_be_asked_for(here: Folder) -> None:
    memory_id = id_of(here)
    shown = here.ctx("memory", "show", memory_id).out
    [revision] = [line.split()[1] for line in shown.splitlines() if line.split()[:1] == ["revision"]]
    here.ctx("memory", "edit", memory_id, "We use pg8000.")
    told = here.ctx("memory", "show", memory_id, "--at", revision)

    assert (0, "We use psycopg.\n") == (told.code, told.out)
    assert revision in here.ctx("memory", "log", memory_id).out


def test_whoever_shares_what_is_not_there_is_told_of_both_kinds(here: Folder) -> None:
    told = here.ctx("share", "ffffffffffff")

    assert (3, 1) == (told.code, told.err.count("\n"))
    assert "There is no memory or session here whose id starts or ends with ffffffffffff" in told.err


def test_an_edit_without_a_text_or_an_editor_names_its_own_help(here: Folder) -> None:
    here.variables |= {"EDITOR": "", "VISUAL": ""}

    told = here.ctx("memory", "edit", id_of(here))

    assert (2, True) == (told.code, told.err.endswith("(ctx memory edit --help)\n")), told.err
