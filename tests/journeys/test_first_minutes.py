"""The first minutes with the product, as one story: up, import, search, context, remember, down, up again."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

Command = Callable[..., Any]

SESSION = "sample_session.jsonl"
NO_STORE = r"No store here .*: the platform of this machine answers, .*\n"


@pytest.fixture(scope="module")
def ctx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """Give a function that runs `ctx … --json` in a home of its own, and reads what it printed."""
    folder = tmp_path_factory.mktemp("first-minutes")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONTEXTFS_", "DATABASE_"))}
    environment = kept | {"HOME": str(folder), "CONTEXTFS_HOME": str(folder / "contextfs")}

    def run(*arguments: str | Path, code: int = 0) -> Any:
        ended = subprocess.run(
            [sys.executable, "-m", "clients.cli.main", *map(str, arguments), "--json"],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert (code, "") == (ended.returncode, re.sub(NO_STORE, "", ended.stderr))
        return json.loads(ended.stdout)

    yield run
    run("down")


def _known(database_url: str) -> dict[str, int]:
    """Tell how many rows the planner of the database believes each table to have; -1 where it knows nothing."""
    with psycopg.connect(database_url) as connection:
        return dict(
            connection.execute(
                "select relname, reltuples::integer from pg_class where relnamespace = 'contextfs'::regnamespace"
            ).fetchall()
        )


def test_the_first_minutes(ctx: Command, repository: Path) -> None:
    transcript = repository / "tests" / "data" / "transcripts" / "claude-code" / SESSION

    # The first start answers with everything that one needs, and with something to find already.
    started = ctx("up")
    assert started["fresh"]
    assert started["api_key"].startswith("ctxk_")
    assert {"new": 3, "grown": 0, "unchanged": 0} == started["sample"]["sessions"]
    assert ctx("search", "why did the tests hang")["hits"]
    known = _known(started["database_url"])
    assert (3, 41) == (known["sessions"], known["messages"])
    assert known["passages"] > 0

    # An own conversation comes in, and is found again.
    imported = ctx("import", "claude-code", transcript)
    assert {"new": 1, "grown": 0, "unchanged": 0} == imported["sessions"]
    assert imported["project_id"] == started["project_id"]

    # What is added is found at once, and handed to the next conversation.
    added = ctx("memory", "add", "The ferry prices are stored in cents.", "--type", "decision", "--pin")["memory"]
    assert added["id"] in [hit["id"] for hit in ctx("search", "ferry prices in cents")["hits"]]
    assert "stored in cents" in ctx("context", "change the prices of the ferry", "--budget", "500")["text"]
    assert ctx("memory", "show", added["id"])["content"] == "The ferry prices are stored in cents."

    # It says how it is, stops, and is all there again.
    assert ctx("status")["state"] == "running"
    assert ctx("down") == {"stopped": True}
    assert ctx("status", code=1)["state"] == "stopped"
    again = ctx("up")
    assert (False, None, started["api_key"]) == (again["fresh"], again["sample"], again["api_key"])
    assert {"new": 0, "grown": 0, "unchanged": 1} == ctx("import", "claude-code", transcript)["sessions"]
    assert added["id"] in [hit["id"] for hit in ctx("search", "ferry prices in cents")["hits"]]
