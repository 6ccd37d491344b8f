"""Up, down and status, with real processes; each test starts from what the one before it left running."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from contextfs.adapters.database import embedded
from contextfs.adapters.database.migrate import migrate
from contextfs.kit.errors import Conflict, Invalid, Unavailable
from contextfs.kit.settings import Settings, from_environment
from contextfs.runtime.stack import Home, Stack, down, status, up
from contextfs.runtime.stack.control import environment_of
from contextfs.runtime.stack.database import check_logins, claimed_logins, passwords, start_embedded
from contextfs.runtime.stack.model import ProcessStatus
from contextfs.runtime.stack.probe import alive, supervised, wait_until
from tests.contextfs.runtime.stack.holding import memories_held, wait_for_a_call


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    place = Home(tmp_path_factory.mktemp("home") / "contextfs")
    yield place
    down(place)


@pytest.fixture
def stack(home: Home) -> Stack:
    return up(home, port=0 if home.saved() is None else None)


def call(stack: Stack, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection(stack.api_url.removeprefix("http://"), timeout=60)
    headers = {"authorization": f"Bearer {stack.api_key}", "content-type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    read = response.read()
    connection.close()
    return response.status, json.loads(read)


def children(home: Home) -> dict[str, int]:
    told = home.children()
    assert told is not None
    return {child.name: child.pid for child in told.processes if child.pid is not None}


def test_it_returns_when_calls_are_answered(stack: Stack) -> None:
    assert call(stack, "GET", "/health/ready") == (200, {"status": "ok", "checks": {"database": "ok"}})
    assert call(stack, "GET", "/v1/projects")[0] == 200


def test_a_proxy_that_is_set_is_not_asked_for_the_gateway(stack: Stack) -> None:
    proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), "http://127.0.0.1:1")
    asking = "import sys; from contextfs.runtime.stack.probe import answers; sys.exit(not answers(int(sys.argv[1])))"
    command = [sys.executable, "-c", asking, stack.api_url.rpartition(":")[2]]

    asked = subprocess.run(command, env=os.environ | proxies, check=False)

    assert asked.returncode == 0


def test_its_status_tells_what_is_on_its_way_and_what_waits_for_search(home: Home, stack: Stack) -> None:
    found = status(home)

    assert (stack.api_url, 0, 0) == (found.api_url, found.unindexed, found.unembedded)


def test_a_second_start_changes_nothing(home: Home, stack: Stack) -> None:
    before = children(home)

    again = up(home)

    assert (again.api_key, again.fresh) == (stack.api_key, False)
    assert children(home) == before


def test_starts_at_the_same_time_make_one_stack(home: Home, stack: Stack) -> None:
    down(home)

    with ThreadPoolExecutor(3) as pool:
        started = [pool.submit(up, home) for _ in range(3)]
        stacks = [one.result() for one in started]

    assert {one.api_key for one in stacks} == {stack.api_key}
    assert status(home).state == "running"


def test_what_only_the_owner_may_read_is_readable_by_the_owner_only(home: Home, stack: Stack) -> None:
    logs = ["gateway.log", "relay.log", "supervisor.log", "worker.log"]

    assert sorted(path.name for path in home.logs.iterdir()) == logs
    assert [path for path in _ours(home) if path.stat().st_mode & 0o077] == []


def test_logs_that_an_earlier_version_left_open_are_closed(home: Home, stack: Stack) -> None:
    home.logs.chmod(0o755)
    (home.logs / "gateway.log").chmod(0o644)

    up(home)

    assert [path for path in _ours(home) if path.stat().st_mode & 0o077] == []


def test_what_a_log_leads_to_is_left_as_it_is(tmp_path: Path) -> None:
    elsewhere, home = tmp_path / "elsewhere", Home(tmp_path / "home")
    elsewhere.write_text("")
    elsewhere.chmod(0o666)
    home.make()
    (home.logs / "gateway.log").symlink_to(elsewhere)

    home.make()

    assert elsewhere.stat().st_mode & 0o777 == 0o666


def _ours(home: Home) -> list[Path]:
    """Give the home, and all in it but the database, which closes its own folder."""
    return [home.path, *(path for path in home.path.rglob("*") if home.database.parent not in {path, *path.parents})]


def test_no_secret_stands_on_a_command_line(home: Home, stack: Stack) -> None:
    told = home.children()
    assert told is not None
    pids = [told.supervisor, *children(home).values()]
    lines = b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)

    assert stack.api_key.encode() not in lines
    assert home.secrets().app_password.encode() not in lines


@pytest.mark.parametrize("name", ["gateway", "relay", "worker"])
def test_a_killed_process_is_started_again(name: str, home: Home, stack: Stack) -> None:
    killed = children(home)[name]
    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: children(home).get(name, killed) != killed, 60, f"{name} does not come back")
    wait_until(lambda: status(home).state == "running", 60, "the stack does not come back")

    assert call(stack, "GET", "/v1/projects")[0] == 200


def test_calls_wait_for_a_gateway_that_starts_again(home: Home, stack: Stack) -> None:
    os.kill(children(home)["gateway"], signal.SIGKILL)

    assert call(stack, "GET", "/v1/projects")[0] == 200


def test_a_killed_database_is_started_again_with_its_data(home: Home, stack: Stack) -> None:
    body = {"project_id": stack.project_id, "content": "The database was killed on purpose."}
    memory = call(stack, "POST", "/v1/memories", body)[1]["memory"]
    assert isinstance(memory, dict)
    server = embedded.find(home.database)
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)

    wait_until(lambda: call(stack, "GET", "/health")[0] == 200, 60, "the database does not come back")

    assert call(stack, "GET", f"/v1/memories/{memory['id']}")[0] == 200


def test_it_is_told_that_the_database_was_started_again_and_why(home: Home, stack: Stack) -> None:
    server, before, now = embedded.find(home.database), _database(home).starts, datetime.now(UTC)
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)

    wait_until(lambda: _database(home).starts > before, 60, "it is not told")

    told = _database(home)
    assert told.ended_at is not None
    assert told.ended_at >= now.replace(microsecond=0)
    assert told.ended_by


def _database(home: Home) -> ProcessStatus:
    return next(one for one in status(home).processes if one.name == "database")


def test_after_its_supervisor_was_killed_a_start_mends_everything(home: Home, stack: Stack) -> None:
    told = home.children()
    assert told is not None
    os.kill(told.supervisor, signal.SIGKILL)
    wait_until(lambda: not supervised(home), 30, "the supervisor does not die")

    again = up(home)

    assert again.api_key == stack.api_key
    assert status(home).state == "running"
    assert not set(children(home).values()) & {child.pid for child in told.processes}


def test_calls_under_way_are_answered_before_the_gateway_stops(home: Home, stack: Stack) -> None:
    body = {"project_id": stack.project_id, "content": "Written while the gateway was told to stop."}
    replies: list[int] = []
    caller = threading.Thread(target=lambda: replies.append(call(stack, "POST", "/v1/memories", body)[0]))
    with memories_held(stack.database_url) as connection:
        caller.start()
        wait_for_a_call(connection)

        def let_go(_: str) -> None:
            if (told := home.children()) is not None and told.stopping:
                connection.rollback()

        assert down(home, tell=let_go)
    caller.join(60)

    assert replies == [201]


def test_down_leaves_no_process_and_keeps_the_data(home: Home, stack: Stack) -> None:
    body = {"project_id": stack.project_id, "content": "Kept while nothing runs."}
    assert call(stack, "POST", "/v1/memories", body)[0] == 201
    told = home.children()
    assert told is not None
    server = embedded.find(home.database)
    assert server is not None

    assert down(home)

    assert [pid for pid in (server.pid, *(child.pid for child in told.processes)) if pid and alive(pid)] == []
    assert status(home).state == "stopped"
    assert down(home) is False
    assert call(up(home), "GET", "/v1/memories")[1]["items"] != []


def test_what_is_waited_for_is_told_while_it_stops(home: Home, stack: Stack) -> None:
    gateway, told = children(home)["gateway"], list[str]()
    os.kill(gateway, signal.SIGSTOP)

    def tell(text: str) -> None:
        told.append(text)
        _go_on(gateway)

    assert down(home, tell=tell)
    assert "Stopping: the gateway answers calls that are under way …" in told


def test_a_start_behind_a_stop_that_was_broken_off_waits_for_its_end(home: Home, stack: Stack) -> None:
    told, gateway = home.children(), children(home)["gateway"]
    assert told is not None
    os.kill(gateway, signal.SIGSTOP)
    os.kill(told.supervisor, signal.SIGTERM)
    wait_until(lambda: (now := home.children()) is not None and now.stopping, 20, "it does not stop")

    with _taken(0) as free:
        pass
    again = up(home, port=free, tell=lambda _: _go_on(gateway))

    assert (again.api_url, again.replaced) == (f"http://127.0.0.1:{free}", False)
    assert call(again, "GET", "/v1/projects")[0] == 200


def _go_on(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def test_a_kept_port_that_is_taken_is_left_to_its_owner(home: Home, stack: Stack) -> None:
    down(home)
    with _taken(int(stack.api_url.rpartition(":")[2])) as taken:
        again = up(home)

    assert not again.api_url.endswith(f":{taken}")


def test_a_named_port_that_is_taken_is_refused_and_nothing_is_started(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with (
        _taken(0) as taken,
        pytest.raises(Unavailable, match=rf"Port {taken} .* had \([\w ]+\): .* --port or CONTEXTFS_PORT"),
    ):
        up(home, port=taken)

    assert (home.saved(), home.database.exists()) == (None, False)


def test_one_of_two_stacks_that_want_one_port_at_once_gets_it(home: Home, stack: Stack, tmp_path: Path) -> None:
    down(home)
    wanted = int(stack.api_url.rpartition(":")[2])
    other = Home(tmp_path / "home")
    try:
        with ThreadPoolExecutor(2) as pool:
            started = [pool.submit(up, one, port=wanted) for one in (home, other)]
        [got] = [one.result() for one in started if one.exception() is None]
        [refused] = [error for one in started if (error := one.exception()) is not None]

        assert isinstance(refused, Unavailable)
        assert call(got, "GET", f"/v1/projects/{got.project_id}")[0] == 200
    finally:
        down(other)
        up(home)


@contextmanager
def _taken(port: int) -> Generator[int]:
    """Have a port that another program listens on; of 0 any."""
    with socket.create_server(("127.0.0.1", port)) as owner:
        yield owner.getsockname()[1]


def test_an_own_server_is_used_and_remembered(tmp_path: Path) -> None:
    server = embedded.start(tmp_path / "own")
    home = Home(tmp_path / "home")
    try:
        first = up(home, database_url=server.dsn(), port=0)
        down(home)
        second = up(home)

        assert (first.fresh, second.fresh) == (True, False)
        assert second.database_url == server.dsn()
        assert not home.database.exists()
        assert call(second, "GET", "/v1/projects")[0] == 200
    finally:
        down(home)
        embedded.stop(tmp_path / "own")


def test_a_second_home_does_not_take_the_logins_of_a_server_unless_it_says_so(tmp_path: Path) -> None:
    server = embedded.start(tmp_path / "own")
    first, second = Home(tmp_path / "first"), Home(tmp_path / "second")
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("create database other")
    try:
        stack = up(first, database_url=server.dsn(), port=0)

        with pytest.raises(Conflict, match=r"Another home has the logins.*`DATABASE_URL=… ctx up --take-logins`"):
            up(second, database_url=server.dsn("other"), port=0)
        assert call(stack, "GET", "/v1/projects")[0] == 200
        down(first)
        assert up(first).api_key == stack.api_key

        down(first)
        taken = up(second, database_url=server.dsn("other"), port=0, take_logins=True)
        assert call(taken, "GET", "/v1/projects")[0] == 200
        with pytest.raises(Conflict, match="Another home has the logins"):
            up(first)
    finally:
        down(first)
        down(second)
        embedded.stop(tmp_path / "own")


def test_of_two_homes_that_begin_at_once_on_one_server_one_has_its_logins(tmp_path: Path) -> None:
    """The second one looked before the first one had said anything: in another database, where no lock is shared."""
    server = embedded.start(tmp_path / "own")
    first, second = Home(tmp_path / "first"), Home(tmp_path / "second")
    first.make()
    secrets = first.secrets()
    try:
        migrate(server.dsn())
        with psycopg.connect(server.dsn("template1"), autocommit=True) as connection, ThreadPoolExecutor(1) as pool:
            connection.execute("create database other template postgres")
            with claimed_logins(server.dsn(), secrets, take=False):
                late = pool.submit(up, second, database_url=server.dsn("other"), port=0)
                wait_until(lambda: late.done() or _somebody_waits(connection), 60, "Nobody waits for the logins")
                migrate(server.dsn(), passwords=passwords(secrets))
            with pytest.raises(Conflict, match="Another home has the logins"):
                late.result()
            with psycopg.connect(server.dsn(), user="contextfs_app", password=secrets.app_password) as logged_in:
                assert logged_in.execute("select current_user").fetchone() == ("contextfs_app",)
    finally:
        down(second)
        embedded.stop(tmp_path / "own")


def test_a_server_that_ends_idle_transactions_ends_no_claim_and_who_cannot_claim_is_told(tmp_path: Path) -> None:
    server = embedded.start(tmp_path / "own")
    home = Home(tmp_path / "home")
    home.make()
    secrets = home.secrets()
    soon, at_once = (
        make_conninfo(server.dsn(), options=f"-c {name}=1ms")
        for name in ("idle_in_transaction_session_timeout", "lock_timeout")
    )
    try:
        migrate(server.dsn())
        with claimed_logins(soon, secrets, take=False):
            migrate(server.dsn(), passwords=passwords(secrets))
            with (
                pytest.raises(Unavailable, match=r"could not be claimed: .*lock timeout\. Run it again\."),
                claimed_logins(at_once, secrets, take=True),
            ):
                pass
        check_logins(server.dsn(), secrets)
    finally:
        embedded.stop(tmp_path / "own")


def test_an_embedded_server_that_takes_no_connection_is_told_without_an_address(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    server = embedded.start(home.database)
    try:
        with psycopg.connect(server.dsn("template1"), autocommit=True) as connection:
            connection.execute("alter database postgres with allow_connections false")
        with pytest.raises(Unavailable, match="runs, and takes no connection") as told:
            start_embedded(home)
        assert "DATABASE_URL" not in str(told.value)
    finally:
        embedded.stop(home.database)


def _somebody_waits(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Tell whether a session waits for what another one has of something that all databases share."""
    query = "select 1 from pg_locks where not granted and locktype = 'object' and database = 0"
    return connection.execute(query).fetchone() is not None


def test_logins_are_taken_of_an_own_server_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    try:
        with pytest.raises(Invalid, match="DATABASE_URL names none"):
            up(home, port=0, take_logins=True)
        assert not home.database.exists()
    finally:
        down(home)


def test_an_own_server_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        up(Home(tmp_path / "home"), database_url="postgresql://nobody@127.0.0.1:1/none", port=0)


def test_a_damaged_state_file_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    (home.path / "stack.json").write_text("{", encoding="utf-8")

    with pytest.raises(Unavailable, match=r"stack\.json is damaged"):
        up(home)


@pytest.mark.parametrize("place", ["file", "file/home"])
def test_a_folder_that_cannot_be_written_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    home = Home(tmp_path / place)

    assert (home.saved(), status(home).state) == (None, "stopped")
    with pytest.raises(Unavailable, match="CONTEXTFS_HOME"):
        up(home)


def test_a_home_that_is_a_file_cannot_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(Unavailable, match=r"file is not a folder: set CONTEXTFS_HOME"):
        down(Home(tmp_path / "file"))


def test_a_home_that_is_named_from_the_working_folder_is_a_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "here")

    assert Home.of({}).path == tmp_path / "here" / ".contextfs"


def test_a_setting_of_who_starts_it_reaches_the_processes_unless_the_stack_decides_it() -> None:
    settings = Settings(database_url="postgres://a", key_pepper="p" * 32, redaction_key="r" * 32, port=8420)
    given = {"CONTEXTFS_SSO_LOOPBACK": "true", "CONTEXTFS_PORT": "1", "CONTEXTFS_CLOUD": "gcp", "DATABASE_URL": "x"}

    environment = environment_of(settings, given)

    assert environment["CONTEXTFS_SSO_LOOPBACK"] == "true"
    assert (environment["CONTEXTFS_PORT"], environment["CONTEXTFS_CLOUD"]) == ("8420", "local")
    assert from_environment(environment).sso_loopback is True
    assert "DATABASE_URL" not in environment


def test_files_are_kept_in_the_home_unless_another_place_is_named() -> None:
    settings = Settings(database_url="a", key_pepper="p" * 32, redaction_key="r" * 32, files="/home/files")

    usual = from_environment(environment_of(settings, {}))
    named = from_environment(environment_of(settings, {"CONTEXTFS_FILES": "s3://bucket"}))

    assert (usual.files, named.files) == ("/home/files", "s3://bucket")


def test_the_server_writes_an_export(stack: Stack) -> None:
    status, asked = call(stack, "POST", "/v1/exports", {})
    assert status == 202, asked

    def is_written() -> bool:
        return call(stack, "GET", f"/v1/exports/{asked['id']}")[1]["link"] is not None

    wait_until(is_written, 60, "The export is not written")


def test_a_process_without_its_settings_says_which_one_is_missing() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("CONTEXTFS_")}
    command = [sys.executable, "-m", "contextfs.runtime.serve", "gateway"]

    ended = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "Setting CONTEXTFS_DATABASE_URL is missing: set it in the environment.\n"
