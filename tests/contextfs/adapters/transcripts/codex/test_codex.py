"""Codex CLI: real rollouts of two versions, and the rules by themselves."""

import json
from typing import Any

import pytest

from contextfs.adapters.transcripts.codex import find, read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import order, place, said, session, spent

NEW = "rollout-2026-11-22T21-54-01-01a20540-7b7f-7a83-be5d-cfc61a0f0eaa.jsonl"
OLD = "rollout-2026-11-22T22-01-41-01a20547-8024-78f0-bda2-22381585a873.jsonl"


def rollout(*records: tuple[str, dict[str, Any]], **head: Any) -> Transcript:
    """Read a rollout of these records after its head."""
    lines = [("session_meta", {"id": "s-1", "cwd": "/w", **head}), *records]
    data = "\n".join(
        json.dumps({"timestamp": "2026-01-01T00:00:00Z", "type": kind, "payload": what}) for kind, what in lines
    )
    [one] = read(data.encode(), name="rollout.jsonl")
    return one


def user(text: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """Make an item in the user's name."""
    content = [{"type": "input_text", "text": text}]
    return "response_item", {"type": "message", "role": "user", "content": content, **more}


def total(**figures: int) -> tuple[str, dict[str, Any]]:
    """Make an event with the running total."""
    return "event_msg", {"type": "token_count", "info": {"total_token_usage": figures}}


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        (NEW, ["list the files please", "How should we sign JWT tokens?", "Which database did we choose?"]),
        (OLD, ["list the files please", "How should we sign JWT tokens?"]),
        ("standard_session.jsonl", ["Add rate limiting"]),
    ],
)
def test_prompts_are_what_the_person_typed(name: str, prompts: list[str]) -> None:
    one = session("codex", name)

    assert prompts == said(one)


@pytest.mark.parametrize(
    ("name", "tokens"),
    [(NEW, (4800, 220, 3600, 48)), (OLD, (3600, 165, 2700, 36)), ("standard_session.jsonl", (0, 0, 0, 0))],
)
def test_repeated_totals_are_counted_once(name: str, tokens: tuple[int, int, int, int]) -> None:
    one = session("codex", name)

    assert tokens == spent(one)


def test_the_order_is_that_of_the_conversation() -> None:
    one = session("codex", NEW)
    expected = [
        ("meta", 0), ("prompt", 0), ("reply", 1), ("tool_result", 0), ("reply", 0),
        ("prompt", 0), ("reply", 0), ("prompt", 0), ("reply", 0),
    ]  # fmt: skip

    assert expected == order(one)


def test_where_it_took_place_is_known() -> None:
    one = session("codex", NEW)
    expected = ("01a20540-7b7f-7a83-be5d-cfc61a0f0eaa", "/home/dev/cfs/proj/demo", "feature/auth", "mock-1")

    assert expected == place(one)
    assert ("b566a64025f8dfdd3401f66852739053475ef984", "0.169.0") == (one.git_commit, one.metadata["version"])


def test_events_repeat_the_items_and_are_counted() -> None:
    one = session("codex", OLD)
    expected = {"event:user_message": 2, "event:agent_message": 2, "instructions:developer": 2, "thinking": 3}

    assert expected == {kind: one.skipped[kind] for kind in expected}


def test_a_message_tells_its_record() -> None:
    prompt = session("codex", NEW).messages[1]

    assert prompt.source
    assert (8, 32) == (prompt.source.record, len(prompt.source.sha256))


@pytest.mark.parametrize(
    "text",
    [
        "<environment_context>\n  <cwd>/w</cwd>\n</environment_context>",
        "# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>\nBe brief.\n</INSTRUCTIONS>",
        "<user_instructions>\nBe brief.\n</user_instructions>",
        "<turn_aborted>\nThe user interrupted.\n</turn_aborted>",
        "<user_shell_command>\nls\n</user_shell_command>",
        "<skill>\n<name>review</name>\n</skill>",
    ],
)
def test_what_the_harness_writes_is_no_prompt(text: str) -> None:
    one = rollout(user(text), user("hi"))

    assert ["hi"] == said(one)


def test_provenance_decides_where_it_is_told() -> None:
    mark = {"content_item_metadata": [{"provenance": {"type": "harness"}}]}
    one = rollout(user("Review the branch.", internal_chat_message_metadata_passthrough=mark), user("hi"))

    assert ["hi"] == said(one)


def test_what_hooks_add_is_injected() -> None:
    told = {"content_item_kinds": ["hooks.additional_context"]}
    item = {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "recalled"}]}
    one = rollout(("response_item", item | {"internal_chat_message_metadata_passthrough": told}), user("hi"))

    assert [("injected", "recalled"), ("prompt", "hi")] == [(m.kind, m.content) for m in one.messages]


def test_our_own_fence_is_taken_out() -> None:
    one = rollout(user("<contextfs-context>memory</contextfs-context>fix it"))

    assert ["fix it"] == said(one)


def test_in_a_subagents_thread_nobody_types() -> None:
    one = rollout(user("Look around."), source={"subagent": {"thread_spawn": {}}}, parent_thread_id="p")

    assert ([], "p") == (said(one), one.metadata["parent"])


def test_a_fork_shares_its_history_with_its_origin() -> None:
    history = (user("a", id="m-1"), user("no id"))
    origin, fork = rollout(*history), rollout(*history, user("new"), id="s-2", forked_from_id="s-1")

    assert [m.external_id for m in origin.messages] == [m.external_id for m in fork.messages[:2]]
    assert fork.metadata["forked_from"] == "s-1"


def test_a_total_that_began_anew_is_added() -> None:
    one = rollout(user("hi"), total(input_tokens=10, output_tokens=1), total(input_tokens=4, output_tokens=2))

    assert (14, 3, 0, 0) == spent(one)


def test_a_compaction_leaves_its_summary() -> None:
    one = rollout(user("hi"), ("compacted", {"message": "So far: nothing.", "replacement_history": []}))

    assert ["So far: nothing."] == said(one, "summary")


def test_the_first_versions_are_read() -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
    head = {"id": "s-1", "timestamp": "2025-05-01T00:00:00Z", "instructions": ""}
    bare = read("\n".join(map(json.dumps, [head, item, {"record_type": "state"}])).encode(), name="r.jsonl")
    whole = read(json.dumps({"session": head, "items": [item]}).encode(), name="r.json")

    assert [["hi"], ["hi"]] == [said(bare[0]), said(whole[0])]


def test_unknown_records_are_counted() -> None:
    one = rollout(user("hi"), ("hologram", {}), ("response_item", {"type": "dream"}))

    assert {"unknown:hologram": 1, "item:dream": 1} == {
        k: v for k, v in one.skipped.items() if k[:4] in ("unkn", "item")
    }


def test_another_tools_file_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        read(b'{"type":"user","uuid":"u","sessionId":"s"}\n', name="r.jsonl")

    assert "it looks like a Claude Code session; `ctx import claude-code` reads it." in refusal.value.detail


def test_sessions_are_found(tmp_path: Any) -> None:
    day = tmp_path / "other" / "sessions" / "2026" / "01" / "01"
    day.mkdir(parents=True)
    (day / "rollout-1.jsonl").touch()

    assert [day / "rollout-1.jsonl"] == find(tmp_path, {"CODEX_HOME": str(tmp_path / "other")}, "linux")


def back(turns: int) -> tuple[str, dict[str, Any]]:
    """Make the event of a person who goes back."""
    return "event_msg", {"type": "thread_rolled_back", "num_turns": turns}


def reply(text: str) -> tuple[str, dict[str, Any]]:
    """Make an item of the model's."""
    content = [{"type": "output_text", "text": text}]
    return "response_item", {"type": "message", "role": "assistant", "content": content}


def test_turns_that_were_taken_back_are_off_the_path() -> None:
    one = rollout(
        user("a"), reply("A"), user("tabs"), reply("T"), user("more"), reply("M"), total(input_tokens=9),
        back(2), user("spaces"), reply("S"), user("typo"), back(1), user("last"),
    )  # fmt: skip

    assert ["a", "A", "spaces", "S", "last"] == [message.content for message in one.messages]
    assert (5, 9) == (one.skipped["off_path"], one.usage.input_tokens)


def test_what_was_taken_back_is_named_as_it_was_before() -> None:
    talk = [user("a"), reply("A"), user("b"), reply("B")]
    before, after = rollout(*talk), rollout(*talk, back(1), user("b"), reply("other"))

    assert [one.external_id for one in before.messages[2:]] == after.left
    assert (["a", "b"], set()) == (said(after), {one.external_id for one in after.messages} & {*after.left})


def test_what_the_harness_wrote_is_no_turn_to_go_back_by() -> None:
    one = rollout(user("a"), user("<environment_context>x</environment_context>"), user("b"), back(1), user("c"))

    assert ["a", "c"] == said(one)


def test_to_go_back_further_than_the_beginning_leaves_what_stood_before() -> None:
    one = rollout(user("<environment_context>x</environment_context>"), user("a"), back(9), back(1), user("b"))

    assert (["b"], "meta") == (said(one), one.messages[0].kind)


@pytest.mark.parametrize(
    "turn",
    [
        user("<my-note>do x</my-note>"),
        user("<skill> is no tag that I know"),
        ("response_item", {"type": "agent_message", "author": "/a", "recipient": "/b", "content": []}),
        (
            "response_item",
            {
                "type": "message",
                "role": "assistant",
                "content": [
                    {
                        "type": "output_text",
                        "text": '{"author":"/a","recipient":"/b","content":"x","trigger_turn":true}',
                    }
                ],
            },
        ),
        ("inter_agent_communication", {"author": "/a", "recipient": "/b", "content": "x", "trigger_turn": True}),
    ],
    ids=["wrapped", "mention", "agent", "letter", "communication"],
)
def test_to_go_back_counts_the_turns_that_codex_counts(turn: tuple[str, dict[str, Any]]) -> None:
    one = rollout(user("a"), reply("A"), turn, reply("X"), back(1), user("b"))

    assert ["a", "A", "b"] == [message.content for message in one.messages]


@pytest.mark.parametrize(
    "text",
    [
        '<codex_internal_context source="goal">\nx\n</codex_internal_context>',
        "<external_notes>x</external_notes>",
        '<hook_prompt hook_run_id="1">x</hook_prompt>',
        "<SUBAGENT_NOTIFICATION>{}</subagent_notification>",
        "Warning: The maximum number of unified exec processes you can keep open is 60",
    ],
)
def test_a_fragment_of_the_harness_is_no_turn_and_no_prompt(text: str) -> None:
    one = rollout(user("a"), user("b"), user(text), back(1), user(text), user("c"))

    assert ["a", "c"] == said(one)


def test_what_is_said_to_be_typed_is_a_turn_and_a_prompt() -> None:
    kinds = {"content_item_kinds": ["user.text"]}
    typed = user("<skill>\nmine\n</skill>", internal_chat_message_metadata_passthrough=kinds)
    wrapped = user("<my-note>b</my-note>", internal_chat_message_metadata_passthrough=kinds)

    assert ["<my-note>b</my-note>", "<skill>\nmine\n</skill>"] == said(rollout(wrapped, typed))
    assert ["a", "b"] == said(rollout(user("a"), typed, back(1), user("b")))


def test_what_is_said_again_has_a_name_of_its_own() -> None:
    [before] = rollout(user("a")).messages
    [after] = rollout(user("a"), back(1), user("a")).messages

    assert after.external_id == f"{before.external_id}#2"


@pytest.mark.parametrize("heading", ["## My request for Codex:", "## My request:"])
def test_what_an_editor_puts_before_the_words_is_taken_out(heading: str) -> None:
    request = f"Rewrite this, keep its headings:\n\n{heading}\n(fill in)"
    one = rollout(
        user(f"# Context from my IDE setup:\n\n## Active file: a.py\n\n{heading}\n{request}"),
        user(f"# Plan\n\n{heading}\nmine"),
    )

    assert ([request, f"# Plan\n\n{heading}\nmine"], 1) == (said(one), one.skipped["injected:ide_context"])


def test_an_image_is_named_without_its_wrapping() -> None:
    parts = [
        {"type": "input_text", "text": "<image name=[Image #1]>"},
        {"type": "input_image", "image_url": "data:image/png;base64,AA"},
        {"type": "input_text", "text": "</image>"},
        {"type": "input_text", "text": "what is this?"},
    ]
    one = rollout(("response_item", {"type": "message", "role": "user", "content": parts}))

    assert ["[image]\n\nwhat is this?"] == said(one)
