"""The command line is light to install, and to start: it is what people try first, and what runs all day."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.size import MOST_MB, MOST_PACKAGES, megabytes, packages
from tests.clients.cli.here.folder import Folder, folder

_LOADED = (
    "import sys; had = {*sys.modules}; from clients.cli.main import run; run(sys.argv[1:]);"
    "print(*({*sys.modules} - had), file=sys.stderr)"
)
_HEAVY = {
    *("asyncio", "click", "dataclasses", "email", "httpx2", "importlib.metadata", "importlib.resources", "inspect"),
    *(
        "logging",
        "numpy",
        "random",
        "shutil",
        "socket",
        "ssl",
        "subprocess",
        "tempfile",
        "typing_extensions",
        "zipfile",
    ),
    *("contextfs.client", "contextfs.runtime", "contextfs.adapters", "functions"),
}
"""What takes as long to load as a tenth of a command, and no command needs for a memory."""
_UNASKED = {
    *("getpass", "hashlib", "hmac", "json", "tomllib", "zlib", "binascii", "string"),
    *("contextfs.journeys", "contextfs.kit.expected", "contextfs.kit.ports", "contextfs.kit.tokens"),
    *("contextfs.domain.memories.merge", "contextfs.local.folder.refresh", "contextfs.local.merge"),
    *(
        "contextfs.local.sync",
        "contextfs.local.taking",
        "clients.cli.line.asked",
        "clients.cli.line.edit",
        "clients.cli.line.ended",
    ),
}
"""What a memory is added without: secrets, conflicts, files that moved, wrong settings, a server."""
_UNSOUGHT = {
    *("getpass", "hashlib", "hmac", "json", "tomllib", "zlib", "binascii", "string", "secrets", "statistics"),
    *("contextfs.journeys", "contextfs.kit.events", "contextfs.kit.ids", "contextfs.kit.personal"),
    *("contextfs.kit.ports", "contextfs.kit.redaction_rule", "contextfs.kit.tokens", "contextfs.domain.graph.model"),
    *("contextfs.domain.memories.merge", "contextfs.domain.memories.model", "contextfs.domain.search.alike.likeness"),
    *("contextfs.local.config", "contextfs.local.folder.refresh", "contextfs.local.git", "contextfs.local.merge"),
    *("contextfs.local.store", "contextfs.local.sync.alone", "contextfs.local.search.meaning"),
    *("contextfs.local.search.past", "contextfs.local.search.taking", "contextfs.local.search.vectors"),
}
"""What a search by words does without where all is taken in: vectors, settings, the store, the graph, ports."""
_NEVER = {
    *("ipaddress", "platform", "textwrap", "urllib.parse", "_strptime", "_pydatetime", "locale"),
    *("msgspec.inspect", "msgspec._json_schema", "msgspec.msgpack", "msgspec.toml", "msgspec.yaml"),
}
"""What comes along with msgspec, uuid and pathlib for purposes that neither has."""
_OURS = {"here", "here.again", "here.committed", "main", "shown", "shown.colour"}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Make a folder with a store and a memory."""
    made = folder(tmp_path_factory.mktemp("weight") / "here")
    made.git("config", "user.email", "ann@example.com")
    made.ctx("memory", "add", "The gateway listens on port 8420.")
    return made


def loaded(here: Folder, *arguments: str) -> set[str]:
    """Run `ctx` in an interpreter that nothing has put modules into, and tell which it loaded."""
    environment = {name: value for name, value in here.environment.items() if not name.startswith("GIT_CONFIG")}
    command = [sys.executable, "-S", "-c", _LOADED, *arguments]
    ended = subprocess.run(
        command, cwd=here.root, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return {*ended.stderr.splitlines()[-1].split()}


def test_the_command_line_needs_few_packages() -> None:
    found = sorted(packages())

    assert {"contextfs-platform", "httpx2", "msgspec"} <= set(found)
    assert len(found) < MOST_PACKAGES, found


def test_the_command_line_is_small() -> None:
    assert 1 < megabytes(packages()) < MOST_MB


def test_adding_a_memory_loads_what_it_needs_and_no_more(here: Folder) -> None:
    found = loaded(here, "memory", "add", "The relay publishes what was committed.")

    assert {"sqlite3", "msgspec", "contextfs.local.store"} <= found
    assert set() == found & (_HEAVY | _UNASKED | _NEVER)


def test_a_search_loads_nothing_heavy(here: Folder) -> None:
    time.sleep(0.2)  # a file that changed a moment ago is looked at again by the next command
    here.ctx("search", "gateway", "--mode", "lexical")  # takes in what is new

    found = loaded(here, "search", "gateway", "--mode", "lexical")

    assert "contextfs.local.search.find" in found
    assert set() == found & (_HEAVY | _UNSOUGHT | _NEVER)


def test_a_status_that_is_told_again_loads_next_to_nothing(here: Folder) -> None:
    for _ in range(3):
        time.sleep(0.11)  # a file that is younger may change once more in the same tick of its clock
        here.ctx("status")

    found = loaded(here, "status")

    assert {f"clients.cli.{name}" for name in _OURS} == {one for one in found if one.startswith("clients.cli.")}
    assert set() == found & {*_HEAVY, *_UNASKED, "enum", "importlib", "msgspec", "pathlib", "re", "sqlite3", "typing"}


def test_a_status_that_is_made_loads_no_client_and_learns_nothing(here: Folder) -> None:
    here.ctx("memory", "add", "The studio listens on port 8421.")

    found = loaded(here, "status")

    assert "contextfs.local.store" in found
    assert set() == found & {*_HEAVY, "contextfs.journeys.learn", "contextfs.journeys.capture", "hmac"}


def test_help_for_the_whole_loads_nothing_of_ours_but_the_table(tmp_path: Path) -> None:
    found = loaded(Folder(tmp_path), "--help")

    assert {"clients", "clients.cli", "clients.cli.main"} == {
        one for one in found if one.partition(".")[0] in {"clients", "contextfs"}
    }
