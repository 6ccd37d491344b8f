"""`ctx search`, `ctx context` and `ctx reindex` in the store of a folder: no server, no account, no network."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from clients.cli.here import reindexing
from clients.cli.main import run
from clients.hooks import beginning
from contextfs.client import ContextFS
from contextfs.domain.memories.model import MemoryChange
from contextfs.domain.memories.revisions import Revision
from contextfs.local import place
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.reindexing import alone_at_it
from contextfs.local.sync.alone import SEARCH, alone
from tests.clients.cli.conftest import Ctx, Run
from tests.contextfs.local.places import Machine

NO_MODEL = "degraded: semantic: no embedding model is installed, so words alone were compared"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Give a folder with a store."""
    root = tmp_path / "repository"
    root.mkdir()
    return Machine(root).init()


@pytest.fixture
def here(machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ctx:
    """Give a function that runs `ctx` in the folder, with a home in which there is no model."""

    def run_here(*arguments: str | Path, stdin: str = "", **variables: str) -> Run:
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("CONTEXTFS_")]:
                patch.delenv(name)
            patch.setenv("CONTEXTFS_HOME", str(machine.root.parent / "home"))
            patch.setenv("CONTEXTFS_BACKGROUND", "off")
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.chdir(machine.root)
            capsys.readouterr()
            code = run([*map(str, arguments)])
        told = capsys.readouterr()
        return Run(code, told.out, told.err)

    return run_here


def test_facets_count_all_that_was_found(here: Ctx, machine: Machine) -> None:
    for number in range(3):
        here("memory", "add", f"Deployment {'abc'[number] * 9} is done.", "--type", "fact", "--tag", f"t{number}")

    told = here("search", "deployment", "--limit", "1", "--facets", "--mode", "lexical").out.splitlines()
    as_json = here("search", "deployment", "--limit", "1", "--facets", "--mode", "lexical", "--json").json

    assert {"type: fact 3", "tag: t0 1, t1 1, t2 1"} <= set(told)
    assert (1, [{"value": "fact", "count": 3}]) == (len(as_json["hits"]), as_json["facets"]["type"])
    assert here("search", "deployment").out.count("type:") == 0


def test_a_search_walks_over_the_graph_and_tells_the_way(here: Ctx, machine: Machine) -> None:
    machine.add("We keep the sessions in Redis, see src/auth/login.py.")
    machine.add("login.py reads IDLE_LIMIT at the start.")

    told = here("search", "where are sessions kept", "--graph")
    plain = here("search", "where are sessions kept")

    assert (0, 0) == (told.code, plain.code)
    assert "IDLE_LIMIT" not in plain.out
    assert "way: found We keep the sessions in Redis, see src/auth/login.py. → src/auth/login.py → this" in told.out
    assert 2 == here("search", "x", "--graph", "--mode", "lexical").code


def test_it_is_narrowed_by_who_may_see_it_and_how_sensitive_it_is(here: Ctx, machine: Machine) -> None:
    machine.add("Herons nest here.", sensitivity="restricted")
    machine.add("Herons fly.", visibility="private")

    restricted = here("search", "herons", "--sensitivity", "restricted", "--sensitivity", "internal", "--json")
    private = here("search", "herons", "--visibility", "private", "--json")
    nothing = here("search", "herons", "--visibility", "private", "--sensitivity", "public")
    wrong = here("search", "herons", "--sensitivity", "secret")

    assert ["Herons nest here."] == [hit["snippet"] for hit in restricted.json["hits"]]
    assert ["Herons fly."] == [hit["snippet"] for hit in private.json["hits"]]
    assert "within visibility private, sensitivity public" in nothing.err
    assert 2 == wrong.code
    assert "restricted" in wrong.err


def test_what_matters_and_does_not_fit_is_told_of(here: Ctx, machine: Machine) -> None:
    machine.add("Herons nest here, " * 20)

    packed = here("context", "where do herons nest", "--budget", "50")

    assert packed.out == ""
    assert "What was found (1) does not fit into 50 tokens" in packed.err
    assert "`ctx why " in packed.err


def test_a_pack_looks_back(here: Ctx, machine: Machine) -> None:
    machine.add("Herons nest here.", pinned=True)

    then, to_come = (here("context", "where do herons nest", "--as-of", at) for at in ("2020-01-01", "2031-01-01"))

    assert "Nothing is handed over. Nothing that can be seen as of 2020-01-01 shares a word with" in then.err
    assert "degraded: semantic: memories of the past" in then.err
    assert "Herons nest here." in to_come.out
    assert 2 == here("context", "herons", "--as-of", "soon").code


def test_the_graph_is_shown_around_a_thing_a_memory_or_nothing(here: Ctx, machine: Machine) -> None:
    empty = here("graph", "show")
    memory = machine.add("AuthService uses Redis, see src/auth/login.py.", title="Auth")
    machine.add("Redis is up.")

    entity, whole = here("graph", "show", "login.py", "--depth", "2"), here("graph", "show")
    around = here("graph", "show", "--memory", memory.hex[-12:], "--depth", "1", "--json")

    assert (0, "No memory mentions anything that has a name of its own yet.\n") == (empty.code, empty.out)
    assert [line.split() for line in entity.out.splitlines()[:2]] == [
        ["file", "src/auth/login.py", "1", "memory"],
        ["memory", "Auth", f"({memory.hex[-12:]})"],
    ]
    assert "AuthService  uses  Redis" in entity.out
    assert whole.out.splitlines()[0].split() == ["tool", "Redis", "2", "memories"]
    assert '"id": "tool:redis"' in around.out
    assert (3, "ctx: No memory here mentions 'kafka': `ctx graph show` lists what most of them mention.\n") == (
        (told := here("graph", "show", "kafka")).code,
        told.err,
    )
    assert [2, 2, 2, 3] == [
        here("graph", "show", *one).code
        for one in (["x", "--memory", "123456"], ["x", "--depth", "4"], [" "], ["--memory", "0123456789"])
    ]


def test_a_memory_is_found_right_after_it_was_written(here: Ctx, machine: Machine) -> None:
    memory = machine.add("The staging database listens on port 5433.", tags=["db"])

    told = here("search", "port of the staging database", "--explain")

    first, snippet, _, why, *_ = told.out.splitlines()
    assert (0, " 1. 0.") == (told.code, first[:6])
    assert ["fact", "memory", memory.hex[-12:], "#db"] == [word for word in first.split()[2:] if "-" not in word]
    assert "The staging database listens on port 5433." == snippet.strip()
    assert "words" in why
    assert NO_MODEL == told.out.splitlines()[-1]


def test_a_file_that_was_edited_by_hand_is_found_as_it_is_now(here: Ctx, machine: Machine) -> None:
    memory = machine.add("We use gunicorn.")
    here("search", "gunicorn")
    machine.edit(memory, "gunicorn", "hypercorn")

    told = here("search", "hypercorn", "--mode", "lexical")

    assert "We use hypercorn." in told.out
    assert "Taken in from the files: 1 edited." in told.err


def test_it_is_narrowed_and_read_by_programs(here: Ctx, machine: Machine) -> None:
    machine.add("Deploy with uv.", type="decision", tags=["deploy"])
    machine.add("Deploy on Mondays.", type="user")

    told = here("search", "deploy", "--type", "decision", "--tag", "deploy", "--author", "ann@example.com", "--json")

    assert ["Deploy with uv."] == [hit["snippet"] for hit in told.json["hits"]]
    assert {"source", "id", "project_id", "session_id", "type", "context", "score", "relevance"} <= {
        *told.json["hits"][0]
    }


def test_nothing_found_says_what_was_looked_in(here: Ctx, machine: Machine) -> None:
    machine.add("Something.")

    told = here("search", "unicorn", "--type", "user", "--tag", "a", "--mode", "lexical")

    assert (0, "Nothing was found in 1 memory and 0 messages.\n") == (told.code, told.out)
    assert "within type user, tag a:" in told.err
    typed = here("search", "bananas type:user", "--as-of", "2020-01-01T00:00Z").err
    assert "as of 2020-01-01 within type user:" in typed


@pytest.mark.parametrize("query", ["", "  ", "x" * 10_001])
def test_a_query_that_says_nothing_or_too_much_is_refused_in_one_line(query: str, here: Ctx) -> None:
    told = here("search", query)

    assert (2, "") == (told.code, told.out)
    assert told.err.startswith("ctx: The query ")
    assert 1 == told.err.count("\n")


def test_what_is_found_cannot_command_the_terminal(here: Ctx, machine: Machine) -> None:
    machine.add("The colour \x1b[31mred\x1b]0;owned\x07 is alarming.")

    told = here("search", "alarming colour")

    assert "alarming" in told.out
    assert "\x1b" not in told.out


def unnamed(pack: str) -> str:
    """Give the text of a pack without the name by which it can be asked about."""
    return re.sub(r' pack="[0-9a-f]{12}"', "", pack, count=1)


def test_the_pack_alone_goes_to_standard_output(here: Ctx, machine: Machine) -> None:
    machine.add("Always run the linter before a commit.", type="procedural", pinned=True)
    machine.add("The linter of this repository is ruff, and its formatter is ruff too.")
    machine.add("A linter that has expired.", pinned=True, expires_at=datetime(2020, 1, 1, tzinfo=UTC))

    for number in range(20):  # words weigh the more the rarer they are
        machine.add(f"Something else, number {number}.")

    told = here("context", "linter and formatter of this repository: ruff?", "--budget", "300")
    pack = here("context", "linter and formatter of this repository: ruff?", "--budget", "300", "--json").json

    assert unnamed(told.out.strip()) == unnamed(pack["text"])
    assert ["pinned", "relevance"] == [item["reason"].split()[0] for item in pack["items"]]
    assert re.match(r"2 items, 1\d\d of 300 tokens", told.err)
    assert "expired" not in told.out


def test_without_anything_known_the_pack_is_empty(here: Ctx) -> None:
    told = here("context", "fix a bug", "--memories-only")

    assert (0, "") == (told.code, told.out)
    assert "within source memory" in told.err


def test_a_memory_in_conflict_is_marked(here: Ctx, machine: Machine) -> None:
    memory = machine.add("We use psycopg.")
    with machine.open() as store:
        [first] = store.log(memory)
        store.change(memory, MemoryChange(content="We use asyncpg."))
        theirs = replace(first.fields, content="We use pg8000.")
        store.take_in([Revision(memory_id=memory, parents=(first.id,), fields=theirs, author="bob", clock=first.clock)])

    told, read = here("search", "pg8000 or asyncpg"), here("search", "pg8000 or asyncpg", "--json").json

    assert "in conflict: `ctx memory show` has every text" in told.out
    assert [True] == [hit["conflicted"] for hit in read["hits"]]


def test_reindex_tells_what_it_made(here: Ctx, machine: Machine) -> None:
    machine.add("Something.")

    told, plain = here("reindex", "--json"), here("reindex")

    assert {"memories": 1, "sessions": 0, "passages": 1, "embedded": 0, "waiting": 1, "resumed": False} == {
        name: value for name, value in told.json.items() if name != "degraded"
    }
    assert ["Indexed: 1 memory, 0 sessions, 1 passage; 0 embedded now.", NO_MODEL] == plain.out.splitlines()


def test_reindex_tells_of_the_process_that_is_at_it_and_waits_for_it(
    here: Ctx, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.add("Something.")
    here("search", "something")
    with ExitStack() as other:
        assert other.enter_context(alone(machine.root / ".contextfs/local", SEARCH))

        def sleep(_seconds: float) -> None:
            other.close()

        monkeypatch.setattr(reindexing, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
        monkeypatch.setattr(reindexing, "A_LOOK", 0.0)
        told = here("reindex")

    assert (0, "Indexed: 1 memory, 0 sessions, 1 passage; 0 embedded now.") == (told.code, told.out.splitlines()[0])
    assert ("Another ctx is indexing already, 1 passage to go: waiting for it; Ctrl-C leaves it at work.\n") == told.err


def test_reindex_does_not_take_a_look_of_a_search_for_somebody_at_work(
    here: Ctx, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.add("Something.")
    here("search", "something")
    looking = sqlite3.connect(machine.root / ".contextfs/local" / SEARCH, isolation_level=None, check_same_thread=False)
    looking.execute("begin")
    looking.execute("pragma schema_version")
    away = Timer(0.05, looking.rollback)

    def begun(index: LocalIndex, *, patience: float = 0.0) -> AbstractContextManager[bool]:
        away.start()
        return alone_at_it(index, patience=patience)

    monkeypatch.setattr(reindexing, "alone_at_it", begun)
    monkeypatch.setattr(reindexing, "A_LOOK", 60.0)
    told = here("reindex")
    away.join()
    looking.close()

    assert (0, "") == (told.code, told.err)


def test_reindex_gives_up_on_a_process_that_does_not_come_on(
    here: Ctx, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.add("Something.")
    here("search", "something")
    monkeypatch.setattr(reindexing, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(reindexing, "A_LOOK", 0.0)
    with alone(machine.root / ".contextfs/local", SEARCH):
        told = here("reindex")

    assert 5 == told.code
    assert "has not come on for 0 s: end it" in told.err


def test_reindex_needs_a_store(here: Ctx, machine: Machine) -> None:
    (machine.root / ".contextfs/config.toml").unlink()

    assert 3 == here("reindex").code


def test_a_damaged_database_is_told_in_one_line(here: Ctx, machine: Machine) -> None:
    machine.add("Something.")
    file = machine.root / ".contextfs/local/index.db"
    file.write_bytes(b"not a database" * 100)

    told = here("search", "something")

    assert (1, 1) == (told.code, told.err.count("\n"))
    assert "is damaged: move it away" in told.err


def test_the_server_is_searched_where_it_is_meant(
    ctx: Ctx, client: ContextFS, tmp_path: Path, machine: Machine
) -> None:
    machine.add("A unicorn that is here.")
    client.memories.create("A unicorn that is there.", pinned=True, wait="searchable")
    (machine.root / ".contextfs").rename(tmp_path / ".contextfs")

    here, there = ctx("search", "unicorn"), ctx("search", "unicorn", "--server")
    misused = [ctx("search", "unicorn", "--server", *more) for more in (("--mode", "lexical"), ("--author", "ann"))]

    assert ("is here" in here.out, "is there" in here.out) == (True, False)
    assert ("is here" in there.out, "is there" in there.out) == (False, True)
    assert [2, 2] == [one.code for one in misused]
    assert "A unicorn that is there." in ctx("context", "unicorn", "--server").out


def test_a_search_loads_neither_a_client_nor_numpy(machine: Machine) -> None:
    machine.add("Something.")
    code = (
        "import sys; from clients.cli.main import run; run(['search', 'something', '--mode', 'lexical']);"
        "sys.stderr.write(','.join(sorted(set(name.split('.')[0] for name in sys.modules))))"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", code], cwd=machine.root, capture_output=True, text=True, check=True)
        for _ in range(2)
    )

    loaded = {*second.stderr.splitlines()[-1].split(",")}
    assert first.stdout == second.stdout
    assert set() == loaded & {"httpx2", "typer", "numpy", "psycopg", "starlette", "asyncio", "typing_extensions"}


def test_without_numpy_words_are_compared_and_the_cure_is_said(machine: Machine) -> None:
    machine.add("Something.")
    model = machine.root / "model.bin"
    model.write_bytes(b"x")
    code = "import sys; sys.modules['numpy'] = None; from clients.cli.main import run; run(['search', 'something'])"

    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=machine.root,
        env=os.environ | {"CONTEXTFS_MODEL": str(model)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "Something." in ended.stdout
    assert "pip install 'contextfs-platform[local]'" in ended.stdout.splitlines()[-1]


@pytest.mark.parametrize("is_pinned", [True, False])
def test_a_pack_marks_what_is_in_conflict(here: Ctx, machine: Machine, *, is_pinned: bool) -> None:
    memory = machine.add("The staging database listens on port 5433.", pinned=is_pinned)
    machine.add("The linter is ruff.", pinned=True)
    with machine.open() as store:
        [first] = store.log(memory)
        says = [replace(first.fields, content=f"The staging database listens on port {port}.") for port in (5434, 5435)]
        store.take_in(
            Revision(memory_id=memory, parents=(first.id,), fields=one, author="user:bob", clock=first.clock)
            for one in says
        )
    told = here("context", "which port does the staging database listen on?").out

    assert f"(id {memory.hex[-12:]}, in conflict: another text says otherwise)" in told
    assert 1 == told.count("in conflict")


def test_what_holds_no_longer_comes_up_where_it_is_asked_for(here: Ctx, machine: Machine) -> None:
    memory = machine.add("The cache is cold.", pinned=True, valid_to=datetime(2020, 1, 1, 12, tzinfo=UTC))
    digits = memory.hex[-12:]
    plain, asked = here("search", "cache"), here("search", "cache", "--superseded")
    lists = here("memory", "list"), here("memory", "list", "--superseded")
    packs = here("context", "is the cache cold"), here("context", "is the cache cold", "--superseded")

    assert ("Nothing was found", True) == (plain.out[:17], "ended on 2020-01-01" in asked.out)
    assert [False, True] == ["[pinned] [ended on 2020-01-01] The cache is cold." in told.out for told in lists]
    assert ["", f"(id {digits}, ended on 2020-01-01)"] == [
        told.out.partition("cold. ")[2].partition("\n")[0] for told in packs
    ]
    assert "until 2020-01-01" in here("memory", "show", digits).out


def test_a_search_and_a_list_look_back(here: Ctx, machine: Machine) -> None:
    machine.now = datetime(2026, 4, 1, 12, tzinfo=UTC)
    memory = machine.add("We use gunicorn.")
    machine.now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    machine.edit(memory, "gunicorn", "hypercorn")
    machine.refresh()
    then, now = ("--as-of", "2026-05-01"), ("--as-of", "2026-07-01")

    assert ["We use gunicorn."] == [hit["snippet"] for hit in here("search", "gunicorn", *then, "--json").json["hits"]]
    assert "Nothing was found" in here("search", "hypercorn", *then).out
    assert ["We use hypercorn."] == [one["content"] for one in here("memory", "list", *now, "--json").json]
    assert "No memories fit these." == here("memory", "list", "--as-of", "2026-03-01").out.strip()
    for wrong in ("soon", "999999w", ""):
        assert (2, True) == ((told := here("search", "x", "--as-of", wrong)).code, "--as-of" in told.err)


def test_why_tells_of_the_last_pack_and_of_one_that_its_text_names(here: Ctx, machine: Machine) -> None:
    machine.add("Answer in English.", pinned=True, type="user")
    machine.add("The staging database listens on port 5433.")
    for colour in ("red", "green", "blue"):
        machine.add(f"The {colour} wall of staging was painted.")
    pack = here("context", "port of the staging database", "--budget", "300")
    name = pack.out.partition('pack="')[2][:12]
    last, named = here("why"), here("why", name)
    lines = last.out.splitlines()

    assert f"`ctx why {name}` tells why" in pack.err
    assert (0, last.out) == (last.code, named.out)
    assert lines[0].startswith(f"pack {name}  ")
    assert ["handed over: 2", "left out: 3"] == [line for line in lines if line.startswith(("handed", "left"))]
    assert "  pinned\n        Answer in English.\n" in last.out
    assert "trust 1.00" not in last.out
    assert "why: pinned; worth 1, trust 1.00, fresh 1.00" in here("why", "--all").out
    assert "The staging database listens on port 5433." in last.out
    assert "is below 0.10" in last.out
    assert name == here("why", name, "--json").json["id"][-12:]
    assert (3, "no such pack" in (lost := here("why", "0" * 12)).err) == (lost.code, True)
    assert 2 == here("why", "yesterday").code


def test_the_first_screen_of_why_has_what_was_handed_over_and_what_was_not(here: Ctx, machine: Machine) -> None:
    for number in range(30):
        machine.add(f"Staging rule {number}: the port {5400 + number} of the staging database is number {number}.")
    here("context", "port of the staging database", "--budget", "400")
    short, whole = here("why").out, here("why", "--all").out

    assert (len(short.splitlines()) <= 45, "--all` shows every choice" in short) == (True, True)
    assert len([line for line in short.splitlines() if line.startswith(("handed over: ", "left out: "))]) == 2
    assert len(here("why", "--json").json["choices"]) == whole.count("why: ") > short.count("Staging rule")


def test_what_a_conversation_was_handed_at_its_start_can_be_asked_about(here: Ctx, machine: Machine) -> None:
    machine.add("Answer in English.", pinned=True, type="user")
    text, ids = beginning.pack(place.required(machine.root), 500)
    told = here("why")

    assert ("pack=" in text, 1) == (True, len(ids))
    assert "(a conversation begins)" in told.out
    assert "Answer in English." in told.out
