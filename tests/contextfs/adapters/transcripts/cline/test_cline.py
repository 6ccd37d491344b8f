"""Cline: real sessions of its command, tasks in the shape of the editor extensions, and the rules by themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from contextfs.adapters.transcripts import read_path
from contextfs.adapters.transcripts.cline import find, read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import order, place, said, session, spent

LONG = "1795384565288_kgzbo"
NAME = f"{LONG}/{LONG}.messages.json"


def task(*entries: dict[str, Any]) -> Transcript:
    """Read a task of an extension."""
    [one] = read(json.dumps(entries).encode(), name="api_conversation_history.json")
    return one


def user(*texts: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": text} for text in texts]}


def test_prompts_are_what_the_person_typed() -> None:
    one = session("cline", NAME)
    expected = [("prompt", 0), ("reply", 1), ("tool_result", 0), ("reply", 0)]

    assert (["list the files please"], expected) == (said(one), order(one))


def test_tokens_are_those_of_the_calls() -> None:
    one = session("cline", NAME)

    assert (2400, 110, 1800, 0) == spent(one)


def test_where_it_took_place_is_told_beside() -> None:
    one = session("cline", NAME)

    assert (LONG, "/home/dev/cfs/proj/demo", "feature/auth", "mock-1") == place(one)
    assert ("list the files please", "3.0.65") == (one.title, one.metadata["version"])


def test_a_task_of_an_extension_is_read_with_its_tokens(tmp_path: Path) -> None:
    folder = tmp_path / "rooveterinaryinc.roo-cline" / "tasks" / "1795384565288"
    folder.mkdir(parents=True)
    about = "<environment_details>\n# Current Working Directory (/w) Files\n</environment_details>"
    (folder / "api_conversation_history.json").write_text(json.dumps([user("<task>\nfix it\n</task>", about)]))
    calls = [
        {"say": "api_req_started", "text": json.dumps({"tokensIn": 7, "tokensOut": 2, "cacheReads": 3, "cost": 0.5})}
    ]
    (folder / "ui_messages.json").write_text(json.dumps(calls))

    [(_, [one])] = [
        (path, read_back) for path, read_back in read_path("cline", tmp_path) if isinstance(read_back, list)
    ]

    assert ("1795384565288", "/w", None, None) == place(one)
    assert (["fix it"], (7, 2, 3, 0), 0.5) == (said(one), spent(one), one.usage.cost)
    assert one.metadata["extension"] == "rooveterinaryinc.roo-cline"


def test_what_the_tool_writes_in_the_users_name_is_no_prompt() -> None:
    one = task(
        user("<task>\nfix it\n</task>", "<environment_details>\nx\n</environment_details>"),
        {"role": "assistant", "content": "<read_file><path>a</path></read_file>"},
        user("[read_file for 'a'] Result:", "print(1)"),
        user("[ERROR] You did not use a tool in your previous response!"),
        user("[attempt_completion] Result:\n<feedback>\nno, again\n</feedback>"),
    )

    assert ["fix it", "no, again"] == said(one)


def test_without_tags_it_is_the_persons() -> None:
    one = task(user("fix it"), user("[TASK RESUMPTION] This task was interrupted."))

    assert ["fix it"] == said(one)


@pytest.mark.parametrize(
    "mention",
    [
        "Explain what <task>build</task> does in ant.",
        "<task> is what I see in build.xml. Fix it",
        "<task>build</task>\nstands in build.xml. Why?",
        "# TODO for today: fix the build",
        "[ERROR] cannot find symbol",
        "<environment_details> is empty in my log",
    ],
)
def test_a_mention_of_a_tag_changes_no_prompt(mention: str) -> None:
    one = task(user("We deploy on Mondays."), user(mention), user("Never use npm here."))

    assert ["We deploy on Mondays.", mention, "Never use npm here."] == said(one)
    assert [mention, "Use pnpm."] == said(task(user(mention), user("Use pnpm.")))


def test_a_tag_within_the_words_of_a_person_is_theirs() -> None:
    one = task(
        user("<task>\nExplain <task>build</task> here.\n</task>\n\n<file_content path='a'>\nx\n</file_content>"),
        user("[read_file for 'build.xml'] Result:", "<project>\n<task>\nx\n</task>\n</project>"),
        user("[attempt_completion] Result:\n<feedback>\nno\n</feedback>"),
    )

    assert ["Explain <task>build</task> here.", "no"] == said(one)


def test_a_file_that_a_tool_read_is_no_prompt() -> None:
    result = {"type": "tool_result", "tool_use_id": "c", "content": "<task>\nquoted\n</task>"}
    one = task(user("<task>a</task>"), {"role": "user", "content": [result]})

    assert ["a"] == said(one)


def test_a_summary_that_took_the_place_of_messages_is_no_prompt() -> None:
    one = task(
        user("<task>a</task>") | {"condenseParent": "c"},
        user("## Conversation Summary\nSo far.") | {"isSummary": True, "condenseId": "c"},
        {"role": "user", "content": "[Sliding window truncation: 2 messages hidden]", "isTruncationMarker": True},
    )

    assert [("prompt", "a"), ("summary", "## Conversation Summary\nSo far.")] == [
        (message.kind, message.content) for message in one.messages[:2]
    ]
    assert "meta" == one.messages[2].kind


def test_feedback_in_a_tools_result_is_a_prompt() -> None:
    result = {"type": "tool_result", "tool_use_id": "c", "content": "<feedback>\nnot this\n</feedback>"}
    one = task(user("<task>a</task>"), {"role": "user", "content": [result]})

    assert ["a", "not this"] == said(one)


def test_another_file_is_refused() -> None:
    with pytest.raises(Invalid):
        read(b'{"sessionId":"s"}', name="x.messages.json")


def test_sessions_are_found(tmp_path: Path) -> None:
    paths = [
        tmp_path / ".cline/data/sessions/s/s.messages.json",
        tmp_path / ".config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/api_conversation_history.json",
    ]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.touch()

    assert sorted(paths) == find(tmp_path, {}, "linux")
