"""`ctx auth`: log in by a browser or by a key, tell who one is, and log out."""

import json
import re
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from contextfs.client import ContextFS
from tests.clients.cli.conftest import Ctx, Run
from tests.conftest import Tenant


class Ring(KeyringBackend):
    """A keyring of a test's own, as the package lets one be made."""

    name = "Ring"  # pyright: ignore[reportAssignmentType] - the package reads a text
    priority = 0.1  # pyright: ignore[reportAssignmentType] - the package finds all there are: nobody's choice but ours
    keys: dict[tuple[str, str], str]
    is_locked = False

    def get_password(  # noqa: D102 - as the package says
        self, service: str, username: str
    ) -> str | None:
        if self.is_locked:
            raise KeyringLocked("locked")
        return self.keys.get((service, username))

    def set_password(  # noqa: D102 - as above
        self, service: str, username: str, password: str
    ) -> None:
        if self.is_locked:
            raise KeyringLocked("locked")
        self.keys[service, username] = password

    def delete_password(  # noqa: D102 - as above
        self, service: str, username: str
    ) -> None:
        del self.keys[service, username]


@pytest.fixture
def ring() -> Iterator[Ring]:
    """Give this process a keyring, as a desktop has one."""
    before, made = keyring.get_keyring(), Ring()
    made.keys, made.priority = {}, 5.0  # pyright: ignore[reportAttributeAccessIssue] - the package reads a number
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Give the file of keys."""
    return tmp_path / "contextfs" / "credentials.json"


@pytest.fixture
def nameless(environment: dict[str, str]) -> dict[str, str]:
    """Take the key out of the environment: who logs in has none there."""
    return {"CONTEXTFS_API_KEY": ""}


def pause(_seconds: float) -> None:
    threading.Event().wait(0.05)


def allow_what_is_shown(tenant: Tenant, url: str, told: list[str], *, allow: bool = True) -> None:
    """Wait for the code that a program shows, and decide as its person does in the browser."""
    while not (found := re.search(r"code ([A-Z]{4}-[A-Z]{4})", "".join(told))):
        threading.Event().wait(0.02)
    with ContextFS(url, tenant.key) as client:
        client.auth.decide(found[1], allow=allow)


def log_in(ctx: Ctx, tenant: Tenant, url: str, monkeypatch: pytest.MonkeyPatch, *, allow: bool = True) -> Run:
    """Log in by a browser: one thread waits, another decides."""
    told: list[str] = []
    monkeypatch.setattr("clients.cli.shown.output.say", lambda text="": told.append(text))
    monkeypatch.setattr("contextfs.client.login.device.time.sleep", pause)
    person = threading.Thread(target=allow_what_is_shown, args=(tenant, url, told), kwargs={"allow": allow})
    person.start()
    ran = ctx("auth", "login", "--name", "my laptop", CONTEXTFS_API_KEY="")
    person.join()
    monkeypatch.undo()
    return Run(ran.code, "\n".join(told), ran.err)


def test_a_browser_lets_this_machine_in(
    ctx: Ctx, tenant: Tenant, api_url: str, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = log_in(ctx, tenant, api_url, monkeypatch)

    assert (0, "") == (ran.code, ran.err)
    [entry] = json.loads(kept.read_text()).values()
    with ContextFS(api_url, tenant.key) as client:
        [made] = [one for one in client.keys.list() if one.name == "my laptop"]
    assert (0, "") == (ran.code, ran.err)
    assert f"Open {api_url.rsplit(':', 1)[0]}" in ran.out or "/oauth/device?user_code=" in ran.out
    assert "You are owner@example.test, owner of Org" in ran.out
    assert (entry["key"][-4:], True) == (made.hint, entry["by_login"])
    assert 0o600 == stat.S_IMODE(kept.stat().st_mode)


def test_commands_work_with_what_was_kept_and_a_logout_ends_it(
    ctx: Ctx, tenant: Tenant, api_url: str, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(ctx, tenant, api_url, monkeypatch)
    [entry] = json.loads(kept.read_text()).values()
    nameless = {"CONTEXTFS_API_KEY": ""}
    listed = ctx("memory", "list", "--server", **nameless)
    status = ctx("auth", "status", **nameless)
    out = ctx("auth", "logout", **nameless)
    after = ctx("auth", "status", **nameless)

    assert (0, 0, 0, 4) == (listed.code, status.code, out.code, after.code)
    assert "owner of Org" in status.out
    assert f"in the file {kept}, which only you can read, until 20" in status.out
    assert {} == json.loads(kept.read_text())
    answer = httpx2.get(f"{api_url}/v1/auth/me", headers={"authorization": f"Bearer {entry['key']}"}, timeout=60)
    assert 401 == answer.status_code


def test_a_token_is_printed_that_is_used_as_a_key(ctx: Ctx) -> None:
    made = ctx("auth", "token", "--permission", "memories:read", "--minutes", "5")
    reads = ctx("search", "anything", CONTEXTFS_API_KEY=made.out.strip())
    writes = ctx("memory", "add", "x", "--server", CONTEXTFS_API_KEY=made.out.strip())

    assert (0, 0, 4) == (made.code, reads.code, writes.code)
    assert "for memories:read." in made.err


def test_a_refusal_in_the_browser_is_told(
    ctx: Ctx, tenant: Tenant, api_url: str, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = log_in(ctx, tenant, api_url, monkeypatch, allow=False)

    assert (4, "ctx: It was refused in the browser.\n") == (ran.code, ran.err)
    assert not kept.exists()


def test_a_key_comes_on_standard_input(ctx: Ctx, tenant: Tenant, api_url: str, kept: Path) -> None:
    ran = ctx("auth", "login", api_url, "--key", stdin=f"{tenant.key}\n", CONTEXTFS_API_KEY="", CONTEXTFS_URL="")
    status = ctx("auth", "status", "--json", CONTEXTFS_API_KEY="", CONTEXTFS_URL="")
    out = ctx("auth", "logout", api_url, CONTEXTFS_API_KEY="", CONTEXTFS_URL="")

    assert ("", 0, 0, 0) == (ran.err, ran.code, status.code, out.code)
    assert tenant.key not in ran.out
    assert [(api_url, str(tenant.user_id))] == [(one["url"], one["me"]["user_id"]) for one in status.json]
    assert "it may be used elsewhere" in out.err
    assert 200 == tenant.call("GET", "/v1/auth/me").status_code


def test_a_login_is_for_what_is_typed_and_nothing_is_recorded_there(
    program: Ctx, client: ContextFS, tenant: Tenant, api_url: str, tmp_path: Path
) -> None:
    unnamed = {"CONTEXTFS_API_KEY": "", "CONTEXTFS_URL": "", "CONTEXTFS_KEYRING": "off"}
    tool = tmp_path / "claude"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    ended = [
        program("auth", "login", api_url, "--key", stdin=tenant.key, **unnamed),
        program("memory", "list", **unnamed),
        program("wrap", tool, **unnamed),
        program("wrap", "echo", "said", **unnamed),
        program("acp", "--server", "true", **unnamed),
    ]

    assert [0] * 5 == [one.code for one in ended]
    assert [False, False, True, True, True] == ["No server is known" in one.err for one in ended]
    assert [] == list(client.sessions.list())


@pytest.mark.parametrize(("stdin", "code"), [("", 2), ("nonsense\n", 4)])
def test_what_is_no_key_is_not_kept(ctx: Ctx, kept: Path, stdin: str, code: int) -> None:
    ran = ctx("auth", "login", "--key", stdin=stdin, CONTEXTFS_API_KEY="")

    assert code == ran.code
    assert not kept.exists()


def test_where_there_is_a_keyring_the_key_is_in_it_alone(
    ctx: Ctx, tenant: Tenant, api_url: str, kept: Path, ring: Ring
) -> None:
    ctx("auth", "login", "--key", stdin=tenant.key, CONTEXTFS_API_KEY="")
    status = ctx("auth", "status", CONTEXTFS_API_KEY="")
    listed = ctx("memory", "list", "--server", CONTEXTFS_API_KEY="")
    text = kept.read_text()
    ctx("auth", "logout", CONTEXTFS_API_KEY="")

    assert (0, 0) == (status.code, listed.code)
    assert "in the keyring (Ring)" in status.out
    assert tenant.key not in text
    assert {} == ring.keys


def test_a_keyring_that_does_not_open_is_told(ctx: Ctx, tenant: Tenant, ring: Ring) -> None:
    ctx("auth", "login", "--key", stdin=tenant.key, CONTEXTFS_API_KEY="")
    ring.is_locked = True
    ran = ctx("memory", "list", "--server", CONTEXTFS_API_KEY="")

    assert 1 == ran.code
    assert "The keyring does not open (locked): unlock it" in ran.err


@pytest.mark.parametrize("why", ["off", "locked"])
def test_without_a_keyring_the_file_is_used(ctx: Ctx, tenant: Tenant, kept: Path, ring: Ring, why: str) -> None:
    ring.is_locked = why == "locked"
    ctx("auth", "login", "--key", stdin=tenant.key, CONTEXTFS_API_KEY="", CONTEXTFS_KEYRING=why)

    assert tenant.key in kept.read_text()
    assert {} == ring.keys


def test_what_an_older_version_kept_is_read(ctx: Ctx, tenant: Tenant, api_url: str, kept: Path) -> None:
    kept.parent.mkdir()
    kept.write_text(json.dumps({api_url: tenant.key}))

    assert 0 == ctx("auth", "status", CONTEXTFS_API_KEY="").code


def test_who_is_nowhere_logged_in_is_told(ctx: Ctx) -> None:
    status = ctx("auth", "status", CONTEXTFS_API_KEY="")
    out = ctx("auth", "logout", CONTEXTFS_API_KEY="")

    assert (4, 4) == (status.code, out.code)
    assert "log in by `ctx auth login`" in status.out
    assert "no key is kept here: `ctx auth login` keeps one" in status.out
    assert "You are not logged in at" in out.err
