"""`ctx`, in a home of its own, against a server on a real port."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from clients.cli.main import run
from contextfs.client import ContextFS
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.contextfs.client.serving import serving


@dataclass(frozen=True)
class Run:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read what it printed."""
        return json.loads(self.out)


Ctx = Callable[..., Run]


@pytest.fixture(scope="session")
def wiring(new_schema: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    """Give the parts of a process on a database of its own: here a relay runs, which others must not see."""
    settings = settings_for(new_schema(), files=tmp_path_factory.mktemp("files"))
    wired = Wiring(msgspec.structs.replace(settings, stream_networks="127.0.0.0/8"))
    yield wired
    wired.close()


@pytest.fixture(scope="session")
def http(wiring: Wiring) -> Iterator[TestClient]:
    """Give an HTTP client of the gateway on that database."""
    with TestClient(gateway(wiring.door, routes())) as client:
        yield client


@pytest.fixture(scope="session")
def api_url(wiring: Wiring) -> Iterator[str]:
    """Give the address of a server."""
    with serving(wiring) as url:
        yield url


@pytest.fixture
def client(api_url: str, tenant: Tenant) -> Iterator[ContextFS]:
    """Give a client of the test's organization."""
    with ContextFS(api_url, tenant.key, project_id=tenant.project_id) as made:
        yield made


@pytest.fixture
def environment(api_url: str, tenant: Tenant, tmp_path: Path) -> dict[str, str]:
    """Give the environment in which a person of the test's organization works."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONTEXTFS_", "DATABASE_"))}
    return kept | {
        "HOME": str(tmp_path),
        "CONTEXTFS_HOME": str(tmp_path / "contextfs"),
        "CONTEXTFS_URL": api_url,
        "CONTEXTFS_API_KEY": tenant.key,
        "CONTEXTFS_PROJECT_ID": str(tenant.project_id),
        "TZ": "UTC",
        "CONTEXTFS_BACKGROUND": "off",
    }


@pytest.fixture
def ctx(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Ctx:
    """Give a function that runs `ctx` in this process, and tells what it printed and how it ended."""

    def run_here(*arguments: str | Path, stdin: str = "", **variables: str) -> Run:
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", environment | variables)
            patch.setattr(sys, "stdin", StringIO(stdin))
            patch.chdir(tmp_path)
            capsys.readouterr()
            code = run([*map(str, arguments)])
        told = capsys.readouterr()
        return Run(code, told.out, told.err)

    return run_here


@pytest.fixture
def program(environment: dict[str, str], tmp_path: Path) -> Ctx:
    """Give a function that runs `ctx` as a program of its own."""

    def run_apart(*arguments: str | Path, stdin: str = "", **variables: str) -> Run:
        ended = subprocess.run(
            [sys.executable, "-m", "clients.cli.main", *map(str, arguments)],
            env=environment | variables,
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Run(ended.returncode, ended.stdout, ended.stderr)

    return run_apart
