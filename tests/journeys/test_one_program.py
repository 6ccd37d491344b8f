"""One program from a laptop to a region: a conversation is captured, learned from and found, everywhere the same.

Each place gets a database of its own; only ids and times may differ in what it answers.
"""

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.regions import Place, amazon, google, machine

SAID = (
    ("user", "We decided to use Postgres for the queue instead of Redis."),
    ("assistant", "Noted: the queue is a table, read with SKIP LOCKED."),
    ("user", "Please always write dates as ISO 8601 in the logs."),
    ("user", "The staging database listens on port 5433."),
)
PLACES: dict[str, Callable[[str, str | None, Path], AbstractContextManager[Place]]] = {
    "one machine": machine,
    "Google Cloud": google,
    "AWS": amazon,
}
VARIES = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{12}\b|\b[0-9a-f]{16}\b": "ID",
    r"\d{4}-\d{2}-\d{2}T[0-9:.]+(Z|\+00:00)": "TIME",
    r'"tokens": \d+': '"tokens": 0',
}
_PATIENCE_SECONDS = 120
_BUSY = 503


def settle(place: Place) -> None:
    """Wait until no event is on its way: seen twice, since one may pass from the bus to the outbox while one looks."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    quiet = 0
    while quiet < 2:
        assert time.monotonic() < deadline, "events do not come to rest"
        quiet = quiet + 1 if place.idle() else 0
        time.sleep(0.1)


def story(place: Place) -> dict[str, Any]:
    """Capture, learn, search; give all that was answered."""

    def call(method: str, path: str, body: Any = None, key: str = place.key) -> Any:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (told := place.call(method, path, body, key))[0] == _BUSY and time.monotonic() < deadline:
            time.sleep(1)  # as Retry-After says: dozens of processes start at once here
        status, answer = told
        assert status in {200, 201}, answer
        return answer

    (project,) = call("GET", "/v1/projects")["items"]
    first = [{"role": role, "content": content, "external_id": f"m{n}"} for n, (role, content) in enumerate(SAID[:2])]
    rest = [{"role": role, "content": content, "external_id": f"r{n}"} for n, (role, content) in enumerate(SAID[2:])]
    opened = call("POST", "/v1/sessions", {"project_id": project["id"], "tool": "test", "messages": first})
    session = f"/v1/sessions/{opened['session']['id']}"
    told: dict[str, Any] = {"opened": opened}
    told["again"] = [call("POST", f"{session}/messages", {"messages": rest}) for _ in "ab"]
    told["completed"] = call("POST", f"{session}/complete")
    settle(place)
    added = {"project_id": project["id"], "content": "Ferry prices are stored in cents.", "type": "decision"}
    told["added"] = call("POST", "/v1/memories?wait=searchable", added)
    settle(place)
    told["memories"] = call("GET", "/v1/memories")["items"]
    for question in ("what did we decide about the queue", "how do we write dates", "price of the ferry"):
        told[question] = call("POST", "/v1/search/hybrid", {"query": question})
    wanted = {"project_id": project["id"], "task": "Change how the queue is stored.", "budget": 600}
    told["context"] = call("POST", "/v1/context", wanted)
    told["strangers"] = [
        call("GET", "/v1/memories", key=place.stranger)["items"],
        call("POST", "/v1/search/hybrid", {"query": "queue"}, key=place.stranger)["hits"],
    ]
    told["dead"] = call("GET", "/v1/admin/dead-letters")["items"]
    return told


def without_ids(told: dict[str, Any]) -> dict[str, Any]:
    """Take ids, hashes and times away, and counts of letters that count them; what came in one moment has no order."""
    text = json.dumps(told)
    for varies, word in VARIES.items():
        text = re.sub(varies, word, text)
    plain: dict[str, Any] = json.loads(text)
    plain["memories"].sort(key=itemgetter("content"))
    return plain


@pytest.fixture(scope="module")
def answers(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Tell the story in all places at once."""
    model = Path.home() / ".contextfs" / "models" / "all-MiniLM-L6-v2.int8.bin"

    def told(name: str, url: str, home: Path) -> Any:
        with PLACES[name](url, str(model) if model.exists() else None, home) as place:
            return story(place)

    with ThreadPoolExecutor(len(PLACES)) as tellers:
        begun = {name: tellers.submit(told, name, new_database(), tmp_path_factory.mktemp("place")) for name in PLACES}
        return {name: one.result() for name, one in begun.items()}


def test_something_is_learned_and_found(answers: dict[str, Any]) -> None:
    told = answers["one machine"]

    learned = {(one["type"], one["content"]) for one in told["memories"]}
    assert ("decision", "Ferry prices are stored in cents.") in learned
    assert len(learned) >= 3
    assert "Postgres" in told["what did we decide about the queue"]["hits"][0]["snippet"]
    assert (told["strangers"], told["dead"]) == ([[], []], [])


@pytest.mark.parametrize("place", ["Google Cloud", "AWS"])
def test_a_region_answers_as_one_machine_does(answers: dict[str, Any], place: str) -> None:
    assert without_ids(answers["one machine"]) == without_ids(answers[place])
