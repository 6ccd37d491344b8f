"""`ctx status` of a store: what waits to be found, and what was said and is not read yet."""

from pathlib import Path

import pytest

from clients.hooks.fast import SPOOL, note
from tests.clients.cli.here.folder import Folder, folder


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with a store, in which one conversation was kept and one memory written."""
    made = folder(tmp_path / "r", git=False)
    made.ctx("memory", "add", "We use psycopg.")
    made.ctx("capture", "Which driver do we use?")
    return made


def waits(here: Folder) -> tuple[list[str], dict[str, object]]:
    """Give what the report says of what waits, and the same for programs."""
    lines = here.ctx("status").out.splitlines()
    json = here.ctx("status", "--json").json
    told = ("Changes", "Without vectors", "Not read")
    return [one for one in lines if one.startswith(told)], {name: json[name] for name in ("unindexed", "unembedded")}


def test_what_search_has_not_taken_in_is_told_until_it_has(here: Folder) -> None:
    before = waits(here)
    here.ctx("search", "driver")

    things = "Changes that the next search takes in: 1 memory and 1 session"
    assert ([things], {"unindexed": {"memories": 1, "sessions": 1}, "unembedded": 0}) == before
    assert waits(here) == (
        ["Without vectors yet: 2 passages, found by words until then"],
        {"unindexed": {"memories": 0, "sessions": 0}, "unembedded": 2},
    )


def test_what_is_deleted_is_a_change_and_no_memory_that_cannot_be_found(here: Folder) -> None:
    here.ctx("search", "driver")
    here.ctx("memory", "rm", here.ctx("memory", "list", "--json").json[0]["id"])

    assert "Changes that the next search takes in: 1 memory" in waits(here)[0]


def test_where_no_vectors_are_wanted_none_are_missed(here: Folder) -> None:
    settings = here.root / ".contextfs/config.toml"
    settings.write_text(f'{settings.read_text(encoding="utf-8")}\n[search]\nembedder = "none"\n', encoding="utf-8")
    here.ctx("search", "driver")

    assert [] == waits(here)[0]


def test_conversations_that_went_on_and_were_not_read_are_counted(here: Folder) -> None:
    spool = here.root / ".contextfs/local" / SPOOL
    for session in ("a", "a", "b"):
        note(str(spool), "codex", "Stop", str(here.root), {"session_id": session})
    (spool / "codex-c.json.failed").write_text("{}", encoding="utf-8")
    two = here.ctx("status")
    for one in spool.glob("*.json"):
        one.unlink()

    assert "Not read since they went on: 2 conversations; `ctx import` reads them now" in two.out.splitlines()
    assert (0, False) == (here.ctx("status", "--json").json["unread"], "Not read" in here.ctx("status").out)
