"""The tools on a folder's own store: no server, no network, and many at once."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from contextfs.domain.context.tokens import estimate
from tests.clients.mcp.conftest import ROOT, asked, said, started

TRANSCRIPT = ROOT / "tests" / "data" / "transcripts" / "claude-code" / "5ef22ba1-0cb4-4167-92f3-57ad8b0bd5d9.jsonl"


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Give the environment of a machine without a server."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CONTEXTFS_HOME": str(tmp_path / "home"),
        "CONTEXTFS_BACKGROUND": "off",
        "CONTEXTFS_USER": "ana",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'shared'}",
    }


def ctx(folder: Path, variables: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "clients.cli.main", *arguments]
    subprocess.run(command, cwd=folder, env=variables, check=True, capture_output=True, timeout=60)


@pytest.fixture
def folder(tmp_path: Path, variables: dict[str, str]) -> Path:
    """Give a folder with a store."""
    made = tmp_path / "repository"
    (made / "src").mkdir(parents=True)
    ctx(made, variables, "init")
    return made


@pytest.fixture
def here(folder: Path, variables: dict[str, str]) -> StdioServerParameters:
    """Tell how to start it, somewhere below the store."""
    return started(folder / "src", variables)


def test_filters_narrow_a_search_as_they_do_for_people(
    here: StdioServerParameters, folder: Path, variables: dict[str, str]
) -> None:
    ctx(folder, variables, "memory", "add", "The queue of refunds is Postgres.", "--tag", "refunds")
    ctx(folder, variables, "memory", "add", "The queue of refunds was Redis.", "--private")

    async def ask(model: Client) -> list[str]:
        filters: list[dict[str, object]] = [
            *({"tag": "refunds"}, {"visibility": ["private"]}, {"sensitivity": ["internal"]}),
            *({"source": "message"}, {"source": "memory"}, {"until": "1d"}, {"branch": "refunds"}, {"as_of": "1d"}),
        ]
        replies = [await model.call_tool("contextfs_search", {"query": "queue of refunds"} | one) for one in filters]
        task = {"task": "queue of refunds", "as_of": "1d"}
        return [said(one) for one in (*replies, await model.call_tool("contextfs_context", task))]

    words = ("Postgres", "Redis")
    found = [[word for word in words if word in one] for one in asked(here, ask)]

    assert [["Postgres"], ["Redis"], [], [], ["Postgres", "Redis"], [], [], [], []] == found


def test_what_is_remembered_is_found_recalled_and_packed(here: StdioServerParameters, folder: Path) -> None:
    async def ask(model: Client) -> list[str]:
        stored = said(
            await model.call_tool(
                "contextfs_remember",
                {"content": "We sign tokens with RS256.", "type": "decision", "tags": ["auth"]},
            )
        )
        memory_id = stored.split()[-1].rstrip(".")
        again = await model.call_tool("contextfs_remember", {"content": "We sign  tokens with RS256"})
        found = await model.call_tool("contextfs_search", {"query": "sign tokens", "type": "decision"})
        whole = await model.call_tool("contextfs_recall", {"ids": [memory_id, "ffffffffffff"]})
        listed = [one.name for one in (await model.list_resources()).resources]
        return [memory_id, said(again), said(found), said(whole), *listed]

    memory_id, again, found, whole, listed = asked(here, ask)

    assert again.startswith("Known already; nothing was stored: ")
    assert "decision" in again
    assert f"(memory {memory_id}): We sign tokens with RS256." in found
    assert "#auth\n  We sign tokens with RS256." in whole
    assert "There is no memory here whose id starts or ends with ffffffffffff." in whole
    assert listed == "We sign tokens with RS256."
    assert len(list((folder / ".contextfs" / "memories").rglob("*.md"))) == 1


def test_conversations_are_listed_found_and_read(
    here: StdioServerParameters, folder: Path, variables: dict[str, str]
) -> None:
    ctx(folder, variables, "import", "claude-code", str(TRANSCRIPT))

    async def ask(model: Client) -> list[str]:
        listed = said(await model.call_tool("contextfs_list_sessions", {"tool": "claude-code"}))
        session = listed.partition("session ")[2].partition(",")[0]
        part = await model.call_tool("contextfs_get_session", {"id": session, "limit": 3})
        found = await model.call_tool("contextfs_search", {"query": "How should we sign JWT tokens?"})
        context = await model.call_tool("contextfs_context", {"task": "How should we sign JWT tokens?", "budget": 500})
        return [listed, said(part), said(found), said(context)]

    listed, part, found, context = asked(here, ask)

    assert "20 messages, branch feature/auth" in listed
    assert "user 2026-11-22 21:53\n  list the files please" in part
    assert "17 more: offset 3." in part
    assert "RS256" in found
    assert "JWT tokens" in context
    assert estimate(context) < 600


def test_many_calls_at_once_are_all_answered(here: StdioServerParameters) -> None:
    async def ask(model: Client) -> list[str]:
        calls = [model.call_tool("contextfs_remember", {"content": f"Fact {number}."}) for number in range(8)]
        calls += [model.call_tool("contextfs_search", {"query": "fact"}) for _ in range(4)]
        return [said(result) for result in await asyncio.gather(*calls) if result.is_error]

    assert asked(here, ask) == []


def test_secrets_are_taken_out_and_that_is_said(here: StdioServerParameters, folder: Path) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"

    text = said(
        asked(here, lambda model: model.call_tool("contextfs_remember", {"content": f"The token is {secret}."}))
    )

    assert "1 secret taken out before storing." in text
    assert secret not in "".join(file.read_text() for file in (folder / ".contextfs" / "memories").rglob("*.md"))


def test_a_store_that_is_broken_is_told_with_its_cure(here: StdioServerParameters, folder: Path) -> None:
    (folder / ".contextfs" / "local" / "index.db").write_bytes(b"no database at all" * 1000)

    result = asked(here, lambda model: model.call_tool("contextfs_search", {"query": "anything"}))

    assert result.is_error
    assert "is damaged: move it away" in said(result)
    assert "Go on without memory" in said(result)


def test_a_folder_can_be_named(tmp_path: Path, folder: Path, variables: dict[str, str]) -> None:
    elsewhere = started(tmp_path, variables, "--folder", str(folder))

    result = asked(elsewhere, lambda model: model.call_tool("contextfs_list_sessions", {}))

    assert "There are no such conversations." == said(result)


def test_what_is_no_protocol_does_not_end_it(here: StdioServerParameters) -> None:
    process = subprocess.run(
        [here.command, *here.args],
        cwd=here.cwd,
        env=here.env,
        input=b'nonsense\n{"jsonrpc":"2.0","id":1,"method":"no/such"}\n{"jsonrpc":"2.0","id":2,"method":"ping"}\n',
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert b'"id":1' in process.stdout
    assert b"Traceback" not in process.stderr
