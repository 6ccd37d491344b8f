"""The tools against a server: what a model asks, and what it is answered."""

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, GetPromptResult, TextContent, TextResourceContents

from clients.mcp.source import Sources
from contextfs.client import ContextFS, NewMessage, Unavailable
from contextfs.client.login.credentials import keep
from contextfs.domain.sessions.model import Git
from tests.clients.mcp.conftest import asked, said, started
from tests.conftest import Tenant


def text_of(prompt: GetPromptResult) -> str:
    """Give the text of a prompt."""
    content = prompt.messages[0].content
    assert isinstance(content, TextContent)
    return content.text


AT = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


WRONG: list[tuple[str, dict[str, object], str]] = [
    ("contextfs_search", {}, "The field `query` is missing"),
    ("contextfs_search", {"query": "x", "limit": 99}, "limit: Expected a whole number, at most 50"),
    ("contextfs_search", {"query": "x", "since": "yesterday"}, "write 2026-11-01"),
    (
        "contextfs_search",
        {"query": "x", "color": "red"},
        "This tool takes query, type, source, tag, branch, since, until",
    ),
    ("contextfs_search", {"query": "x", "visibility": ["secret"]}, "visibility[0]"),
    ("contextfs_context", {"task": "x", "as_of": "then"}, "as_of: 'then' is not a time"),
    ("contextfs_recall", {"ids": ["zzzzzzzz"]}, "'zzzzzzzz' is not an id"),
]


@pytest.fixture
def session_id(client: ContextFS) -> UUID:
    """Give a conversation of 30 messages, of which the last is long."""
    messages = [
        NewMessage(role="user" if n % 2 == 0 else "assistant", content=f"Turn {n}.", created_at=AT) for n in range(29)
    ]
    messages.append(NewMessage(role="assistant", content="word " * 2000, created_at=AT))
    written = client.sessions.create("claude-code", title="Receipts", messages=messages, started_at=AT)
    return written.session.id


def test_filters_narrow_a_search_as_they_do_for_people(client: ContextFS, at_server: StdioServerParameters) -> None:
    client.memories.create("The queue of refunds is Postgres.", tags=["refunds"], sensitivity="internal")
    client.memories.create("The queue of refunds was Redis.", visibility="private", wait="searchable")
    message = NewMessage(role="user", content="Is the queue of refunds Kafka?")
    client.sessions.create("claude-code", messages=[message], git=Git(branch="refunds"), wait="searchable")

    async def ask(model: Client) -> list[str]:
        filters: list[dict[str, object]] = [
            *({"tag": "refunds"}, {"sensitivity": ["internal"]}, {"visibility": ["private"]}),
            *({"source": "message"}, {"branch": "refunds"}, {"source": "memory", "until": "1d"}, {"as_of": "1d"}),
        ]
        replies = [await model.call_tool("contextfs_search", {"query": "queue of refunds"} | one) for one in filters]
        task = {"task": "queue of refunds", "as_of": "1d"}
        return [said(one) for one in (*replies, await model.call_tool("contextfs_context", task))]

    words = ("Postgres", "Redis", "Kafka")
    found = [[word for word in words if word in one] for one in asked(at_server, ask)]

    assert [["Postgres"], ["Postgres"], ["Redis"], ["Kafka"], ["Kafka"], [], [], []] == found


def test_what_is_remembered_is_found_recalled_and_packed(at_server: StdioServerParameters) -> None:
    async def ask(model: Client) -> list[str]:
        stored = await model.call_tool(
            "contextfs_remember", {"content": "We sign tokens with RS256.", "type": "decision", "title": "Signing"}
        )
        again = await model.call_tool(
            "contextfs_remember", {"content": "We sign tokens with RS256.", "type": "decision"}
        )
        memory_id = said(stored).split()[-1].rstrip(".")
        whole = await model.call_tool("contextfs_recall", {"ids": [memory_id.replace("-", "")[-12:]]})
        resource = await model.read_resource(f"contextfs://memory/{memory_id}")
        [content] = resource.contents
        assert isinstance(content, TextResourceContents)
        return [said(stored), said(again), said(whole), content.text]

    stored, again, whole, resource = asked(at_server, ask)

    assert stored.startswith("Stored: decision ")
    assert again.startswith("Known already; nothing was stored: decision ")
    assert "## Signing" in whole
    assert "  We sign tokens with RS256." in whole
    assert whole == resource


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_it_speaks_the_protocol_of_today_and_the_one_before(at_server: StdioServerParameters, mode: str) -> None:
    names = asked(at_server, lambda model: model.list_tools(), mode=mode).tools

    assert {
        "contextfs_search",
        "contextfs_remember",
        "contextfs_recall",
        "contextfs_list_sessions",
        "contextfs_get_session",
        "contextfs_context",
    } == {one.name for one in names}


def test_conversations_are_listed_and_read_in_parts(at_server: StdioServerParameters, session_id: UUID) -> None:
    async def ask(model: Client) -> list[str]:
        asks = [
            ("contextfs_list_sessions", {"tool": "claude-code"}),
            ("contextfs_get_session", {"id": str(session_id), "limit": 2}),
            ("contextfs_get_session", {"id": session_id.hex[-12:], "offset": 28}),
            ("contextfs_get_session", {"id": str(session_id), "offset": 29, "limit": 1}),
        ]
        return [said(await model.call_tool(name, arguments)) for name, arguments in asks]

    listed, first, last, alone = asked(at_server, ask)

    assert f"session {session_id}, 30 messages): Receipts" in listed
    assert "[0] user 2026-11-01 09:30\n  Turn 0." in first
    assert first.endswith("Note: 28 more: offset 2.")
    assert "more characters: offset 29, limit 1)" in last
    assert len(last) < 2500
    assert len(alone) > 9900


def test_a_message_that_was_found_is_read_in_its_place(
    at_server: StdioServerParameters, client: ContextFS, session_id: UUID
) -> None:
    tenth = [one.id for one in client.sessions.messages(session_id)][10]

    text = said(
        asked(
            at_server,
            lambda model: model.call_tool("contextfs_get_session", {"id": str(session_id), "around": str(tenth)}),
        )
    )

    assert "\n[8] " in text
    assert "\n[7] " not in text


def test_another_tenants_things_are_not_there(
    at_server: StdioServerParameters,
    client: ContextFS,
    other_tenant: Tenant,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    memory = client.memories.create("Ours alone.").memory
    theirs = environment | {
        "CONTEXTFS_API_KEY": other_tenant.key,
        "CONTEXTFS_PROJECT_ID": str(other_tenant.project_id),
    }

    result = asked(
        started(tmp_path, theirs), lambda model: model.call_tool("contextfs_recall", {"ids": [str(memory.id)]})
    )

    assert result.is_error
    assert "Ours alone." not in said(result)
    assert "contextfs_search and contextfs_list_sessions give ids that exist." in said(result)


def test_wrong_arguments_are_told_to_the_model(at_server: StdioServerParameters) -> None:
    async def ask(model: Client) -> list[CallToolResult]:
        return [await model.call_tool(name, arguments) for name, arguments, _ in WRONG]

    results = asked(at_server, ask)

    assert all(result.is_error for result in results)
    assert all(told in said(result) for (_, _, told), result in zip(WRONG, results, strict=True))
    assert all(said(result).endswith("Correct the arguments and call again.") for result in results)


def test_a_tool_or_a_resource_that_there_is_not_is_an_error_of_the_protocol(at_server: StdioServerParameters) -> None:
    async def ask(model: Client) -> list[str]:
        told: list[str] = []
        for call in (
            model.call_tool("contextfs_forget", {}),
            model.read_resource("contextfs://memory/0190a0a0-0000-7000-8000-000000000000"),
            model.get_prompt("contextfs_begin", {}),
        ):
            try:
                await call
            except MCPError as error:
                told.append(error.message)
        return told

    assert ["There is no tool 'contextfs_forget'.", "There is no such memory, or it is not yours to see.", "task"] == [
        text.split(" is missing")[0] for text in asked(at_server, ask)
    ]


def test_without_a_store_and_without_a_server_it_tells_what_to_do(tmp_path: Path, environment: dict[str, str]) -> None:
    variables = {name: value for name, value in environment.items() if not name.startswith("CONTEXTFS_")}

    result = asked(
        started(tmp_path, variables | {"CONTEXTFS_HOME": str(tmp_path / "none")}),
        lambda model: model.call_tool("contextfs_search", {"query": "anything"}),
    )

    assert result.is_error
    assert "the user runs `ctx init` there" in said(result)


def test_an_agent_asks_no_server_only_because_somebody_is_logged_in_there(
    api_url: str, tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"CONTEXTFS_HOME": str(tmp_path / "home"), "CONTEXTFS_KEYRING": "off"}
    monkeypatch.setattr(os, "environ", environment)
    keep(environment, api_url, tenant.key, logged_in=True)

    with pytest.raises(Unavailable, match=r"There is no memory for .*: the user runs `ctx init` there"):
        Sources(tmp_path, server=False).source(None)


def test_the_prompts_begin_and_keep(at_server: StdioServerParameters) -> None:
    async def ask(model: Client) -> tuple[str, str]:
        begin = await model.get_prompt("contextfs_begin", {"task": "Sign the tokens"})
        keep = await model.get_prompt("contextfs_keep")
        return text_of(begin), text_of(keep)

    begin, keep = asked(at_server, ask)

    assert begin.startswith("Sign the tokens\n\n")
    assert "contextfs_remember" in keep
