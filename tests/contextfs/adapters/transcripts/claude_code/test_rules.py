"""The rules of Claude Code's format one by one, on sessions made for them."""

import json
from typing import Any

import pytest

from contextfs.adapters.transcripts import jsonl
from contextfs.adapters.transcripts.claude_code import read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import Invalid
from tests.contextfs.adapters.transcripts.samples import unread

Line = dict[str, Any]


def user(uuid: str, parent: str | None, content: object, **more: object) -> Line:
    """Make a line in the user's name."""
    message = {"role": "user", "content": content}
    return {"type": "user", "uuid": uuid, "parentUuid": parent, "sessionId": "s", "message": message, **more}


def assistant(uuid: str, parent: str | None, *blocks: Line, call: str | None = None, **more: object) -> Line:
    """Make a line of a model call."""
    usage = {"input_tokens": 10, "output_tokens": 7, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 2}
    message = {"role": "assistant", "id": call or uuid, "model": "m", "content": list(blocks), "usage": usage}
    return {"type": "assistant", "uuid": uuid, "parentUuid": parent, "sessionId": "s", "message": message, **more}


def said(text: str) -> Line:
    """Make a text block."""
    return {"type": "text", "text": text}


def use(call: str) -> Line:
    """Make a tool call."""
    return {"type": "tool_use", "id": call, "name": "Bash", "input": {"command": "ls"}}


def result(call: str, content: object = "ok") -> list[Line]:
    """Make the content of a tool's result."""
    return [{"type": "tool_result", "tool_use_id": call, "content": content}]


def load(*lines: Line | bytes) -> Transcript:
    """Read lines as one session."""
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    [session] = read(b"\n".join(raw) + b"\n", name="s.jsonl")
    return session


def contents(session: Transcript) -> list[str]:
    """Give all messages' contents."""
    return [message.content for message in session.messages]


def test_an_edited_prompt_leaves_the_branch_before_it() -> None:
    session = load(
        user("1", None, "hello"),
        assistant("2", "1", said("hi")),
        user("3", "2", "use tabs"),
        assistant("4", "3", said("tabs it is")),
        user("5", "2", "use spaces"),
        assistant("6", "5", said("spaces it is")),
    )
    expected = ["hello", "hi", "use spaces", "spaces it is"]

    assert expected == contents(session)


def test_an_abandoned_branch_is_named_as_it_was_while_it_was_live() -> None:
    talk = [
        user("1", None, "hello"),
        assistant("2", "1", said("hi"), use("a"), call="m1"),
        assistant("3", "2", use("b"), call="m1"),
        user("4", "3", [*result("a"), *result("b")]),
        assistant("5", "4", said("done")),
        user("6", "5", "go on"),
    ]
    before, after = load(*talk), load(*talk, user("7", "1", "something else"), assistant("8", "7", said("well")))

    assert (set(), 5) == (unread(before, after), len(after.left))
    assert [] == before.left


def test_two_terminals_that_go_on_at_once_take_nothing_of_each_other_s_back() -> None:
    lines = [
        user("1", None, "hello"), assistant("2", "1", said("hi")),
        user("a1", "2", "one"), assistant("a2", "a1", said("ok")),
        user("b1", "2", "other"), assistant("b2", "b1", said("done")),
        user("a3", "a2", "one more"), assistant("a4", "a3", said("ok")),
        user("b3", "b2", "other more"), assistant("b4", "b3", said("done")),
    ]  # fmt: skip
    read_back = [load(*lines[:upto]) for upto in (6, 8, 10)]

    assert [["a1", "a2"], [], []] == [[*one.left] for one in read_back]
    assert [[], ["b1", "b2"], ["a1", "a2", "a3", "a4"]] == [[*one.aside] for one in read_back]


def test_a_prompt_that_nothing_followed_may_have_been_sent_with_the_next_one() -> None:
    talk = [user("1", None, "hello"), assistant("2", "1", said("hi"))]
    one = load(
        *talk, user("3", "2", "use tabs"), user("4", "2", "and spaces in Python"), assistant("5", "4", said("ok"))
    )

    assert ([], ["3"]) == ([*one.left], [*one.aside])


def test_a_prompt_without_a_parent_takes_nothing_back() -> None:
    first, begun_anew = [user("1", None, "a"), assistant("2", "1", said("A"))], user("3", None, "b")
    one = load(*first, begun_anew, assistant("4", "3", said("B")))

    assert ([], ["1", "2"]) == ([*one.left], [*one.aside])


def test_a_branch_whose_parent_is_lost_is_not_surely_left() -> None:
    one = load(
        user("1", None, "a"), assistant("2", "1", said("A")), user("3", "lost", "b"), assistant("4", "3", said("B")),
        user("5", "2", "c"),
    )  # fmt: skip

    assert (["a", "A", "c"], []) == (contents(one), [*one.left])


def test_an_abandoned_branch_is_counted_and_its_tokens_too() -> None:
    session = load(
        user("1", None, "a"), assistant("2", "1", said("x")), user("3", None, "b"), assistant("4", "3", said("y"))
    )
    expected = (2, 20)

    assert expected == (session.skipped["off_path"], session.usage.input_tokens)


def test_an_edited_first_prompt_starts_over() -> None:
    session = load(
        user("1", None, "a"), assistant("2", "1", said("x")), user("3", None, "b"), assistant("4", "3", said("y"))
    )
    expected = ["b", "y"]

    assert expected == contents(session)


def test_a_plan_carried_out_with_a_fresh_context_goes_on() -> None:
    session = load(
        user("1", None, "plan it"),
        assistant("2", "1", said("here")),
        user("3", None, "Implement the following plan:\n\nX"),
        assistant("4", "3", said("done")),
    )
    expected = ["plan it", "here", "Implement the following plan:\n\nX", "done"]

    assert expected == contents(session)


def test_compaction_joins_what_came_before() -> None:
    session = load(
        user("1", None, "first"),
        assistant("2", "1", said("reply")),
        {"type": "system", "subtype": "compact_boundary", "uuid": "3", "parentUuid": None, "logicalParentUuid": "2"},
        user("4", "3", "This session is being continued from a previous conversation …", isCompactSummary=True),
        user("5", "4", "next"),
    )
    expected = ["prompt", "reply", "summary", "prompt"]

    assert expected == [message.kind for message in session.messages]


def test_parallel_calls_are_no_branches() -> None:
    session = load(
        user("1", None, "look"),
        assistant("2", "1", use("a"), call="m"),
        user("3", "2", result("a", "one")),
        assistant("4", "2", use("b"), call="m"),
        user("5", "4", result("b", "two")),
        assistant("6", "5", said("seen")),
    )
    expected = ["look", "", "one", "two", "seen"]

    assert expected == contents(session)


def test_a_missing_parent_does_not_cut_off_the_past() -> None:
    session = load(user("1", None, "first"), assistant("2", "1", said("reply")), user("4", "3", "second"))
    expected = ["first", "reply", "second"]

    assert expected == contents(session)


def test_parents_in_a_circle_end_the_path() -> None:
    session = load(user("1", "2", "first"), user("2", "1", "second"))
    expected = ["first", "second"]

    assert expected == contents(session)


def test_a_session_without_a_tree_is_read_in_order() -> None:
    lines = [user("x", None, "first"), assistant("x", None, said("reply")), user("x", None, "second")]
    session = load(*({key: line[key] for key in ("type", "message")} for line in lines))
    expected = ["first", "reply", "second"]

    assert expected == contents(session)


def test_subagents_in_the_same_file_are_counted_not_given() -> None:
    session = load(user("1", None, "go"), user("2", None, "you are an agent", isSidechain=True))
    expected = (["go"], 1)

    assert expected == (contents(session), session.skipped["sidechain"])


@pytest.mark.parametrize(
    "more",
    [
        {"isMeta": True},
        {"isVisibleInTranscriptOnly": True},
        {"sourceToolUseID": "toolu_1"},
        {"promptSource": "system"},
        {"origin": {"kind": "task-notification"}},
        {"origin": {"kind": "a kind of next year"}},
    ],
    ids=str,
)
def test_a_line_that_says_the_tool_wrote_it_is_no_prompt(more: dict[str, object]) -> None:
    session = load(user("1", None, "typed"), user("2", "1", "looks typed", **more))
    expected = ["prompt", "meta"]

    assert expected == [message.kind for message in session.messages]


@pytest.mark.parametrize("more", [{}, {"promptSource": "sdk"}, {"origin": {"kind": "human"}}], ids=str)
def test_a_line_from_a_person_is_a_prompt(more: dict[str, object]) -> None:
    session = load(user("1", None, "typed", **more))
    expected = ["prompt"]

    assert expected == [message.kind for message in session.messages]


def test_a_prompt_typed_while_the_assistant_works_is_heard() -> None:
    queued = {"type": "queued_command", "prompt": "stop, use tabs", "commandMode": "prompt"}
    session = load(
        user("1", None, "go"), {"type": "attachment", "uuid": "2", "parentUuid": "1", "attachment": queued},
        assistant("3", "2", said("ok")),
    )  # fmt: skip
    expected = ("prompt", "stop, use tabs")

    assert expected == (session.messages[1].kind, session.messages[1].content)


def test_a_queued_prompt_that_is_also_a_line_is_given_once() -> None:
    queued = {"type": "queued_command", "prompt": "more", "commandMode": "prompt", "source_uuid": "3"}
    session = load(
        user("1", None, "go"), {"type": "attachment", "uuid": "2", "parentUuid": "1", "attachment": queued},
        user("3", "2", "more"),
    )  # fmt: skip
    expected = ["go", "more"]

    assert expected == contents(session)


def test_blocks_are_joined_in_order_and_reasoning_is_left_out() -> None:
    thinking = {"type": "thinking", "thinking": "hm"}
    session = load(
        user("1", None, "go"),
        assistant("2", "1", thinking, call="m"),
        assistant("3", "2", said("one"), call="m"),
        assistant("4", "3", use("a"), call="m"),
        assistant("5", "4", said("two"), call="m"),
    )
    expected = ("one\n\ntwo", 1)

    assert expected == (session.messages[1].content, session.skipped["thinking"])


def test_the_last_count_of_a_streamed_answer_is_the_one() -> None:
    lines = [assistant("2", "1", said("a"), call="m"), assistant("3", "2", said("b"), call="m")]
    lines[1]["message"]["usage"] = lines[1]["message"]["usage"] | {"output_tokens": 400}
    session = load(user("1", None, "go"), *lines)
    expected = (10, 400, 400)

    assert expected == (session.usage.input_tokens, session.usage.output_tokens, session.messages[1].tokens)


def test_an_api_error_is_no_reply() -> None:
    line = assistant("2", "1", said("API Error: 529"), isApiErrorMessage=True)
    session = load(user("1", None, "go"), line)
    expected = ("meta", "system")

    assert expected == (session.messages[1].kind, session.messages[1].role)


def test_a_failed_tool_is_marked() -> None:
    block = result("a", [{"type": "text", "text": "Exit code 1"}, {"type": "image"}])[0] | {"is_error": True}
    session = load(user("1", None, "go"), assistant("2", "1", use("a")), user("3", "2", [block]))
    expected = (True, "Exit code 1\n[image]")

    assert expected == (session.messages[2].is_error, session.messages[2].content)


def test_a_recalled_memory_in_a_tools_result_is_taken_out() -> None:
    fenced = 'before <contextfs-context project="p">secret plan</contextfs-context> after'
    session = load(user("1", None, "go"), assistant("2", "1", use("a")), user("3", "2", result("a", fenced)))
    expected = "before  after"

    assert expected == session.messages[2].content


def test_a_name_that_a_person_gave_comes_first() -> None:
    session = load(
        {"type": "summary", "summary": "third", "leafUuid": "1"},
        {"type": "ai-title", "aiTitle": "second", "sessionId": "s"},
        {"type": "custom-title", "customTitle": "first", "sessionId": "s"},
        user("1", None, "go"),
    )
    expected = "first"

    assert expected == session.title


def test_unknown_kinds_of_records_are_counted() -> None:
    session = load(user("1", None, "go"), {"type": "hologram", "message": {"role": "user", "content": "boo"}})
    expected = (["go"], {"unknown:hologram": 1})

    assert expected == (contents(session), session.skipped)


@pytest.mark.parametrize(
    "junk",
    [b'{"type":"user","mess', b"\x00\x00\x00", b'{"type":"user","cwd":"\xff"}', b"[1]", b"null", b'{"type":7}',
     b'{"type":"user","message":' + b"[" * 100_000 + b"]" * 100_000 + b"}"],
    ids=["cut", "nuls", "not utf-8", "array", "null", "type", "deep"],
)  # fmt: skip
def test_a_broken_line_is_one_count_and_nothing_more(junk: bytes) -> None:
    session = load(user("1", None, "first"), junk, user("2", "1", "second"))
    expected = (["first", "second"], {"broken_line": 1})

    assert expected == (contents(session), session.skipped)


def test_a_half_written_last_line_is_told_apart() -> None:
    data = json.dumps(user("1", None, "go")).encode() + b'\n{"type":"assis'
    [session] = read(data, name="s.jsonl")
    expected = {"partial_line": 1}

    assert expected == session.skipped


def test_an_endless_line_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 1_000)
    session = load(user("1", None, "go"), user("2", "1", "x" * 2_000))
    expected = (["go"], {"oversized_line": 1})

    assert expected == (contents(session), session.skipped)


def test_half_an_emoji_does_not_lose_the_line() -> None:
    session = load(json.dumps(user("1", None, "cut \ud83d")).encode())
    expected = ["cut \ufffd"]

    assert expected == contents(session)


def test_a_whole_emoji_beside_half_of_one_is_kept() -> None:
    session = load(json.dumps(user("1", None, "\\ud800 \U0001f600 \ud83d")).encode())
    expected = ["\\ud800 \U0001f600 \ufffd"]

    assert expected == contents(session)


def test_an_input_too_deep_to_be_written_on_is_left_out() -> None:
    call = use("a") | {"input": json.loads("[" * 200 + "]" * 200)}
    session = load(user("1", None, "go"), assistant("2", "1", call))
    expected = (None, 1)

    assert expected == (session.messages[1].tool_calls[0].input, session.skipped["deep_input"])


def test_an_empty_file_holds_nothing() -> None:
    expected = []

    assert expected == read(b" \n\r\n", name="s.jsonl")


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (
            b'{"timestamp":"t","type":"session_meta","payload":{}}\n',
            "it looks like a Codex session; `ctx import codex` reads it",
        ),
        (b'[{"title":"t","mapping":{}}]', "it looks like a ChatGPT export; `ctx import chatgpt` reads it"),
        (b"<!-- Generated by SpecStory -->\n", "it looks like a SpecStory history; `ctx import specstory` reads it"),
        (b"some notes\n", "none of its lines is a record that Claude Code writes. Choose the tool that wrote it"),
    ],
)
def test_another_tools_file_is_refused_by_name(data: bytes, hint: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(data, name="x.jsonl")

    assert f"x.jsonl is not a Claude Code session: {hint}." == refusal.value.detail


def test_what_a_command_expands_to_is_no_prompt() -> None:
    echo = "<command-message>init is running…</command-message>\n<command-name>/init</command-name>"
    session = load(
        user("1", None, echo, timestamp="2026-01-01T00:00:00.000Z"),
        user("2", "1", [said("Analyze this codebase.")], timestamp="2026-01-01T00:00:00.001Z"),
        assistant("3", "2", said("done")),
        user("4", "3", echo, timestamp="2026-01-01T00:01:00.000Z"),
        user("5", "4", "now the tests", timestamp="2026-01-01T00:01:09.000Z"),
        user("6", "5", [said(echo), said("Analyze it again.")]),
    )
    expected = ["meta", "meta", "reply", "meta", "prompt", "meta"]

    assert expected == [message.kind for message in session.messages]


def test_what_is_typed_after_a_command_is_a_prompt() -> None:
    echo = "<command-name>/fast</command-name>\n<command-message>fast</command-message>"
    session = load(
        user("1", None, echo, timestamp="2026-01-01T00:00:10.000Z"),
        user("2", "1", "at once, nearly", timestamp="2026-01-01T00:00:10.900Z"),
        user("3", "2", echo, timestamp="2026-01-01T00:02:00.000Z"),
        user("4", "3", "queued before", timestamp="2026-01-01T00:01:00.000Z"),
    )

    assert ["meta", "prompt", "meta", "prompt"] == [message.kind for message in session.messages]


def test_an_echo_that_a_person_pastes_does_not_take_their_words() -> None:
    session = load(user("1", None, [said("Why is this in my log?"), said("<command-name>/init</command-name>")]))

    assert [("prompt", "Why is this in my log?")] == [(message.kind, message.content) for message in session.messages]


def test_a_line_that_only_comes_with_a_turn_is_no_prompt() -> None:
    session = load(user("1", None, "typed"), user("2", "1", "beside it", turnCompanion=True))

    assert ["prompt", "meta"] == [message.kind for message in session.messages]


def test_a_line_behind_the_zeros_of_a_crash_is_read() -> None:
    line = b"\0" * 512 + json.dumps(user("2", "1", "after the crash")).encode()
    session = load(user("1", None, "before"), line)
    source = session.messages[1].source

    assert (["before", "after the crash"], {}) == (contents(session), session.skipped)
    assert source
    assert (len(line) - 512, len(json.dumps(user("1", None, "before"))) + 1 + 512) == (source.size, source.offset)
