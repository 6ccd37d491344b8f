"""What is wrong with a store or with what is put into it: one clear line, an exit code, and nothing is lost.

Nothing outside of `.contextfs/` is touched either: each case compares the folder around it before and after.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from unittest.mock import Mock

import pytest

from clients.cli.here import index, store
from contextfs.local import place
from contextfs.local.base.watch import WrittenMeanwhile
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import Wanted
from tests.clients.cli.conftest import Run
from tests.clients.cli.here.folder import Folder, folder

COMMANDS = (("memory", "list"), ("memory", "add", "New."), ("status",), ("sync",))


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    """Give a folder with a store and a memory in it."""
    made = folder(tmp_path / "r", git=False)
    made.ctx("memory", "add", "We use psycopg.")
    return made


def around(here: Folder) -> dict[str, str]:
    """Tell every file that is not the store's, with its bytes."""
    top = here.root.parent
    files = (one for one in top.rglob("*") if one.is_file() and here.root / ".contextfs" not in one.parents)
    return {str(one): sha256(one.read_bytes()).hexdigest() for one in files}


def is_one_line(told: Run, said: str) -> bool:
    return told.code != 0 and told.err.count("\n") == 1 and told.err.startswith("ctx: ") and said in told.err


def half(here: Folder) -> None:
    path = here.root / ".contextfs/config.toml"
    path.write_text(path.read_text()[:40])


def empty(here: Folder) -> None:
    (here.root / ".contextfs/config.toml").write_text("")


def bytes_of_no_text(here: Folder) -> None:
    (here.root / ".contextfs/config.toml").write_bytes(b"\xff\xfe\x00")


def merged_by_git(here: Folder) -> None:
    path = here.root / ".contextfs/config.toml"
    path.write_text(f"<<<<<<< ours\n{path.read_text()}=======\nformat = 1\n>>>>>>> theirs\n")


def newer(here: Folder) -> None:
    path = here.root / ".contextfs/config.toml"
    path.write_text(path.read_text().replace("format = 1", "format = 2"))


def newer_database(here: Folder) -> None:
    with here.open() as store:
        store.base.all("pragma user_version = 99")


def linked_out(name: str) -> Callable[[Folder], None]:
    def harm(here: Folder) -> None:
        outside = here.root.parent / "outside"
        shutil.move(here.root / ".contextfs" / name, outside)
        (here.root / ".contextfs" / name).symlink_to(outside)

    return harm


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (half, "restore the file from git, or mend that line"),
        (empty, "project"),
        (bytes_of_no_text, "is not UTF-8"),
        (merged_by_git, "git could not merge this file"),
        (newer, "is newer than this ctx: update"),
        (newer_database, "written by a newer ctx: update it"),
        (linked_out("memories"), "is a link that leads out"),
        (linked_out("memories/fact"), "link"),
        (linked_out("local"), "is a link that leads out"),
        (linked_out("local/index.db"), "is a link"),
        (linked_out("local/tmp"), "is a link"),
    ],
)
def test_a_store_that_is_broken_is_one_line(here: Folder, harm: Callable[[Folder], None], said: str) -> None:
    harm(here)
    before = around(here)

    told = [here.ctx(*command) for command in COMMANDS]
    refused = [one for one in told if one.code]

    assert told[1] in refused, told[1]
    assert all(is_one_line(one, said) for one in refused[:-1]), told
    assert around(here) == before


@pytest.mark.parametrize("harm", [half, newer, linked_out("memories"), linked_out("memories/fact")])
def test_a_store_that_is_mended_has_everything(here: Folder, harm: Callable[[Folder], None]) -> None:
    kept = here.root.parent / "kept"
    shutil.copytree(here.root / ".contextfs", kept)
    harm(here)
    for command in COMMANDS:
        here.ctx(*command)
    for name in ("config.toml", "memories"):
        path = here.root / ".contextfs" / name
        path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
        shutil.copytree(kept / name, path) if (kept / name).is_dir() else shutil.copy(kept / name, path)

    told = here.ctx("memory", "list")

    assert 0 == told.code
    assert "We use psycopg." in told.out


def note(content: bytes) -> Callable[[Folder], None]:
    def write(here: Folder) -> None:
        (here.root / ".contextfs/memories/fact/note.md").write_bytes(content)

    return write


def link(here: Folder) -> None:
    (here.root.parent / "secret.md").write_text("A secret.")
    (here.root / ".contextfs/memories/fact/note.md").symlink_to(here.root.parent / "secret.md")


BOMB = "---\na: &a [x]\nb: &b [*a, *a, *a, *a]\nmetadata: {c: [*b, *b, *b, *b]}\n---\nText.\n"


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (note(b"x" * 5_000_000), "is larger than 4 MB"),
        (note(b"x" * 250_000), "longer than 200,000 characters"),
        (note(b"---\ntitle: \xff\n---\nText.\n"), "is not UTF-8 (byte 11)"),
        (note(BOMB.encode()), "line 2: an anchor of YAML"),
        (note(b"---\ntitle: !!python/object/apply:os.system [id]\n---\nText.\n"), "a tag of YAML"),
        (note(b"---\nmetadata: " + b"[" * 100_000 + b"\n---\nText.\n"), "line 2"),
        (note(b"---\nmetadata: " + b'{"a":' * 200 + b"1" + b"}" * 200 + b"\n---\nText.\n"), "levels"),
        (note(b"---\n" + b"".join(b"k%d: 1\n" % n for n in range(100_000)) + b"---\nText.\n"), "no field `k0`"),
        (note(b"---\ntitle: x\nnever ended"), "no end"),
        (note(b"a\0b"), "character zero"),
        (link, "is a link: put the file itself here"),
    ],
)
def test_a_file_that_is_hostile_is_one_line_with_its_name(
    here: Folder, harm: Callable[[Folder], None], said: str
) -> None:
    harm(here)
    before = around(here)

    told, listed = here.ctx("status"), here.ctx("memory", "list")
    [line] = [one for one in told.out.splitlines() if said in one]

    assert (1, "") == (told.code, told.err)
    assert line.startswith("  .contextfs/memories/fact/note.md: ")
    assert (0, f"{line.strip()}\n") == (listed.code, listed.err)
    assert "We use psycopg." in listed.out
    assert around(here) == before


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"x " * 2_500_000, "longer than 200,000 characters"),
        (b"caf\xe9", "UTF-8"),
        (b"a\0b", "character zero"),
        (b" \n", "nothing to remember"),
    ],
)
def test_a_text_that_cannot_be_kept_is_one_line(here: Folder, said: bytes, why: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clients.cli.main", "memory", "add", "-"],
        input=said,
        env=here.environment,
        cwd=here.root,
        capture_output=True,
        check=False,
    )

    assert is_one_line(Run(done.returncode, "", done.stderr.decode()), why), done.stderr
    assert 1 == len(here.ctx("memory", "list", "--json").json)


def test_an_argument_that_is_no_text_is_one_line(here: Folder) -> None:
    told = here.ctx("memory", "add", "fine", "--title", "caf\udce9")

    assert is_one_line(told, "UTF-8")


def mounted(here: Folder, how: str, *commands: str) -> list[Run]:
    """Run commands where the store's folder is mounted in another way; that ends with them."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        pytest.skip("only Linux can mount a folder for one process")
    ctx = f"{sys.executable} -m clients.cli.main"
    lines = [f'{ctx} {one} >"$0/{n}.out" 2>"$0/{n}.err"; echo $? >"$0/{n}.code"' for n, one in enumerate(commands)]
    (results := here.root.parent / "results").mkdir()
    script = "\n".join([f"{how} || exit 99", 'cd "$PWD"', *lines])
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, str(results)],
        cwd=here.root,
        env=here.environment,
        capture_output=True,
        check=False,
    )
    if done.returncode == 99 or not (results / "0.code").exists():
        pytest.skip(f"no mounting here: {done.stderr.decode().strip()}")
    return [
        Run(int((results / f"{n}.code").read_text()), "", (results / f"{n}.err").read_text())
        for n in range(len(commands))
    ]


READ_ONLY = 'mount --bind "$PWD" "$PWD" && mount -o remount,ro,bind "$PWD"'
READING = (
    "memory list",
    "memory show {}",
    "memory log {}",
    "search psycopg",
    "status",
    "sessions list",
    "sessions show {}",
    "context psycopg",
)


def told(here: Folder, how: str, *commands: str) -> list[Run]:
    """Run commands where the store's folder is mounted in another way, with what they print."""
    codes = mounted(here, how, *commands)
    out = (here.root.parent / "results" / f"{number}.out" for number in range(len(commands)))
    return [Run(one.code, file.read_text(), one.err) for one, file in zip(codes, out, strict=True)]


def test_a_store_on_a_read_only_disk_takes_nothing_and_says_so_in_a_line(here: Folder) -> None:
    before = around(here)

    said = mounted(here, READ_ONLY, "memory add New.", "status --deleted", "off", "sync")
    files = {name: digest for name, digest in around(here).items() if "/results/" not in name}

    assert [True] * 3 == [is_one_line(one, "") for one in said[:3]], said
    assert all("read-only" in one.err.lower() or "cannot be written" in one.err for one in said[:3]), said
    assert said[3].code != 0
    assert files == before
    assert "We use psycopg." in here.ctx("memory", "list").out


def test_a_store_on_a_read_only_disk_can_be_read(here: Folder) -> None:
    memory = here.ctx("memory", "list", "--json").json[0]["id"]
    here.ctx("capture", "--tool", "aider", "Which driver?")
    session = here.ctx("sessions", "list", "--json").json[0]["id"]
    here.ctx("memory", "edit", memory, "--pin")
    here.ctx("search", "psycopg")

    listed, shown, log, found, status, sessions, dialogue, packed = told(
        here, READ_ONLY, *(one.format(session if "sessions" in one else memory) for one in READING)
    )

    assert [(0, "")] * 7 == [(one.code, one.err) for one in (listed, shown, log, found, status, sessions, dialogue)]
    assert all("We use psycopg." in one.out for one in (listed, shown, log, found))
    assert "1 memory, 1 session" in status.out
    assert "Which driver?" in dialogue.out
    assert (0, True, False) == (packed.code, "We use psycopg" in packed.out, "ctx why" in packed.err)


def test_what_changed_since_a_store_can_only_be_read_is_not_seen_and_told(here: Folder) -> None:
    here.ctx("search", "psycopg")
    here.ctx("memory", "add", "We deploy on Thursdays.")
    (here.root / ".contextfs/memories/fact/by-hand.md").write_text("Staging listens on port 8421.\n")

    listed, found, status = told(here, READ_ONLY, "memory list", "search deploy", "status")

    unseen = "This store can only be read here: 1 file changed since it was written, which is not seen.\n"
    assert [(0, unseen), (0, unseen)] == [(one.code, one.err) for one in (listed, status)]
    assert "Thursdays" in listed.out
    assert "8421" not in listed.out
    not_found = "This store can only be read here: what changed since search looked at it last is not found.\n"
    nothing = "Nothing that can be seen shares a word with what was asked.\n"
    assert (0, unseen + not_found + nothing) == (found.code, found.err)
    assert "Staging" in here.ctx("memory", "list").out


def test_what_a_killed_command_left_ahead_of_a_database_is_read_on_a_read_only_disk(here: Folder) -> None:
    base = here.root / ".contextfs/local/index.db"
    dying = "import os, sqlite3, sys; base = sqlite3.connect(sys.argv[1]);"
    dying += "base.execute(\"update memories set author = 'user:ben'\"); base.commit(); os._exit(0)"
    subprocess.run([sys.executable, "-c", dying, str(base)], check=True)
    assert (base.parent / "index.db-wal").stat().st_size

    [listed] = told(here, READ_ONLY, "memory list --json")

    assert (0, "") == (listed.code, listed.err)
    assert "user:ben" in listed.out


def test_a_store_of_an_older_version_says_so_where_it_can_only_be_read(here: Folder) -> None:
    with closing(sqlite3.connect(here.root / ".contextfs/local/index.db")) as base:
        base.execute("pragma user_version = 1")

    [listed] = told(here, READ_ONLY, "memory list")

    assert is_one_line(listed, "was written by an older ctx, and cannot be brought up to date: it is read-only")


def test_a_store_that_search_never_looked_at_says_so_where_it_can_only_be_read(here: Folder) -> None:
    [found] = told(here, READ_ONLY, "search psycopg")

    assert is_one_line(found, "is read-only, and holds no index: run `ctx reindex` where it is not")


def test_a_store_that_is_written_elsewhere_while_it_is_read_is_asked_once_more(
    here: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.ctx("search", "psycopg")
    monkeypatch.setattr(os, "access", Mock(return_value=False))  # as on a disk that is read-only
    found, asked = place.required(here.root), list[int]()

    def ask(it: LocalIndex) -> int:
        asked.append(len(it.search(Wanted(query="psycopg")).hits))
        if len(asked) != 2:
            here.ctx("memory", "add", f"Fact {len(asked)}.")
        return len(asked)

    again = index.answered(found, ask)
    with pytest.raises(WrittenMeanwhile, match="was written meanwhile, and can only be read here: try again"):
        index.answered(found, ask)
    with pytest.raises(WrittenMeanwhile), store.opened(found, reads=True):
        here.ctx("memory", "add", "One more.")

    assert (2, 4) == (again, len(asked))


def test_a_full_disk_is_one_line_and_what_was_stored_is_there_when_there_is_room(here: Folder) -> None:
    """The store is copied onto a small disk, filled by memories until one is refused, then copied back."""
    kept = here.root / ".contextfs"
    store = f'"{kept}"'
    fill = 'memory add "$(head -c 60000 /dev/urandom | base64 -w 0)"'
    told = mounted(
        here,
        f'cp -a {store} "$0/s" && mount -t tmpfs -o size=700k full {store} && cp -a "$0/s/." {store}',
        *([fill] * 6),
        f'memory list --json >/dev/null; cp -a {store}/. "$0/s/"; true',
    )[:-1]
    stored = [one for one in told if one.code == 0]
    shutil.rmtree(kept)
    shutil.copytree(here.root.parent / "results/s", kept)

    found = here.ctx("memory", "list", "--json")

    assert 0 < len(stored) < 6, told
    assert all(is_one_line(one, "disk is full") or is_one_line(one, "No space left") for one in told if one.code), told
    assert len(found.json) == 1 + len(stored) + sum("is stored, and its file follows" in one.err for one in told)
    assert 0 == here.ctx("doctor").code


def test_a_disk_without_any_room_is_told_as_that(here: Folder) -> None:
    store = f'"{here.root / ".contextfs"}"'
    told = mounted(
        here,
        f'cp -a {store} "$0/s" && mount -t tmpfs -o size=700k full {store} && cp -a "$0/s/." {store} '
        f"&& {{ head -c 700k /dev/zero >{store}/fill; true; }}",
        *("memory list", "memory add New.", "status"),
    )

    assert [True] * 3 == [is_one_line(one, "The disk is full") for one in told], told
    assert "We use psycopg." in here.ctx("memory", "list").out


def test_a_change_whose_file_cannot_be_written_says_that_it_is_stored(here: Folder) -> None:
    (here.root / ".contextfs/local/tmp").rmdir()
    (here.root / ".contextfs/local/tmp").write_text("No folder.")

    told = here.ctx("memory", "add", "We deploy on Thursdays.")
    (here.root / ".contextfs/local/tmp").unlink()
    status = here.ctx("status")

    assert is_one_line(told, "is stored, and its file follows with the next command")
    assert (0, "1 file of an interrupted command brought into step.\n") == (status.code, status.err)
    assert "We deploy on Thursdays." in here.ctx("memory", "list").out


@pytest.mark.parametrize("broken", ["--", "", "----", "\u2014"])
def test_front_matter_whose_first_line_is_broken_is_told_and_is_no_text(here: Folder, broken: str) -> None:
    [file] = (here.root / ".contextfs/memories/fact").glob("*.md")
    whole = file.read_text()
    file.write_text(whole.replace("---", broken, 1).removeprefix("\n"))

    told = here.ctx("status")
    file.write_text(whole)

    assert 1 == told.code
    assert f"{file.name}: line 1: the front matter has no beginning: write --- above it" in told.out
    assert (0, "") == (here.ctx("status").code, here.ctx("status").err)
    assert 1 == len(here.ctx("memory", "log", here.ctx("memory", "list", "--json").json[0]["id"], "--json").json)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ('[share]\nmemories = "everyone"', "share.memories is 'everyone', and has to be private or project"),
        ('[redact]\npersonal = ["name"]', "redact.personal[0] is 'name', and has to be card or email or phone or ssn"),
        ('[share]\nrules = [{ visibility = "all", tool = "x" }]', "share.rules[0].visibility is 'all', and has to be"),
        ("[inject]\ntokens = 1", "inject.tokens has to be int >= 50"),
        (
            '[search]\nlanguages = ["de", "xx"]',
            "search.languages: there is no language 'xx' here: choose among ar",
        ),
        ('[server]\nurl = "ftp:"', "server.url is not written as it has to be"),
    ],
)
def test_a_setting_that_cannot_be_is_told_with_what_it_may_be(here: Folder, setting: str, told: str) -> None:
    file = here.root / ".contextfs/config.toml"
    file.write_text(f"{file.read_text().partition('# What leaves')[0]}{setting}\n")

    refused = here.ctx("memory", "list")

    assert is_one_line(refused, f"config.toml:9: {told}")


def test_a_setting_that_nobody_knows_is_told_by_the_status(here: Folder) -> None:
    file = here.root / ".contextfs/config.toml"
    file.write_text(f'{file.read_text()}[shar]\nmemories = "private"\n')

    told = here.ctx("status")

    assert "Settings that do nothing:" in told.out
    assert "there is no setting shar (is share meant?); it does nothing" in told.out
    assert 1 == len(here.ctx("status", "--json").json["warnings"])
