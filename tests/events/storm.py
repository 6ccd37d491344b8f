"""Load on a running stack while its processes are killed at random."""

import http.client
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from contextfs.adapters.database import embedded
from contextfs.kit.errors import ContextFSError
from contextfs.runtime.stack import Home, Stack, status
from tests.events.ledger import Ledger

_TARGETS = ("gateway", "relay", "worker", "database")


def write_until(deadline: float, stack: Stack, ledger: Ledger) -> None:
    """Add memories one after the other; each is tried with one idempotency key until it is acknowledged."""
    while time.monotonic() < deadline:
        content = f"Storm note {uuid4()} says that the port is {random.randint(1, 65535)}."  # noqa: S311 - no secret
        headers = {
            "authorization": f"Bearer {stack.api_key}",
            "content-type": "application/json",
            "idempotency-key": str(uuid4()),
        }
        body = json.dumps({"project_id": stack.project_id, "content": content})
        while not _accepted(stack, body, headers):
            ledger.attempts += 1
            time.sleep(0.02)
            if time.monotonic() > deadline + 30:
                return
        ledger.acknowledge(content)


def kill_until(deadline: float, home: Path, kills: Counter[str], pause: tuple[float, float]) -> None:
    """Send SIGKILL to a process of the stack, again and again."""
    chance = random.Random(0)  # noqa: S311 - a storm that can be repeated
    while time.monotonic() < deadline:
        time.sleep(chance.uniform(*pause))
        name = chance.choice(_TARGETS)
        pid = _pid(home, name)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                kills[name] += 1


def rage(
    stack: Stack, *, seconds: float, writers: int = 4, pause: tuple[float, float] = (0.2, 1.2)
) -> tuple[Ledger, Counter[str]]:
    """Write and kill for so many seconds; gives the ledger and how often which process was killed."""
    ledger, kills = Ledger(), Counter[str]()
    deadline = time.monotonic() + seconds
    threads = [threading.Thread(target=write_until, args=(deadline, stack, ledger)) for _ in range(writers)]
    threads.append(threading.Thread(target=kill_until, args=(deadline, Path(stack.home), kills, pause)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ledger, kills


def wait_for_calm(home: Home, *, seconds: float = 180.0) -> None:
    """Wait until everything runs again and no event is on its way."""
    deadline = time.monotonic() + seconds
    calm = 0
    while calm < 3:
        seen = status(home)
        calm = calm + 1 if (seen.state, seen.outbox, seen.deliveries) == ("running", 0, 0) else 0
        assert time.monotonic() < deadline, f"the stack does not come to rest: {seen}"
        time.sleep(0.3)


def _accepted(stack: Stack, body: str, headers: dict[str, str]) -> bool:
    connection = http.client.HTTPConnection(stack.api_url.removeprefix("http://"), timeout=10)
    try:
        connection.request("POST", "/v1/memories", body, headers)
        return connection.getresponse().status == 201
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _pid(home: Path, name: str) -> int | None:
    if name == "database":
        try:
            server = embedded.find(home / "postgres" / "data")
        except ContextFSError:
            return None
        return server.pid if server else None
    children = Home(home).children()
    return next((child.pid for child in children.processes if child.name == name), None) if children else None
