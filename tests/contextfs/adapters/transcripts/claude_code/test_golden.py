"""Real sessions of several versions, against what a person read in the raw files."""

from pathlib import Path

import pytest

from contextfs.adapters.transcripts.claude_code import read
from contextfs.adapters.transcripts.model import Transcript, Usage

DATA = Path(__file__).parents[4] / "data" / "transcripts" / "claude-code"
ORIGINAL = "0bf48fc9-46fc-41cf-8c42-979ea11609ff"
FORK = "5ef22ba1-0cb4-4167-92f3-57ad8b0bd5d9"
PARALLEL = "2026-01-06-488c5296-fc78-4fdf-8cfd-f1cae9454bd0"
GEESE = "6da7d497-00e2-460d-a6b4-d280e0314cfd"


def load(name: str) -> Transcript:
    """Read the one session of a sample."""
    [session] = read((DATA / f"{name}.jsonl").read_bytes(), name=f"{name}.jsonl")
    return session


def contents(session: Transcript, kind: str) -> list[str]:
    """Give the contents of one kind of message."""
    return [message.content for message in session.messages if message.kind == kind]


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("503d3276-fd1c-4a5a-b232-97277af3f672", ["list the files please", "How should we sign JWT tokens?"]),
        ("ac39b038-bb22-48ad-989f-e1968252725f", ["list the files please", "How should we sign JWT tokens?"]),
        (
            ORIGINAL,
            [
                "list the files please",
                "How should we sign JWT tokens?",
                "Use a subagent to look",
                "What should we do about the rename of get_usr?",
            ],
        ),
        (
            FORK,
            [
                "list the files please",
                "How should we sign JWT tokens?",
                "Use a subagent to look",
                "Which database did we choose?",
            ],
        ),
        (GEESE, ["hello", "write a file about geese in docs", "delete that file"]),
        ("sample_session", ["Create a hello world function", "Now add a goodbye function"]),
        ("valid_session", ["Fix the login bug", "That looks right"]),
    ],
)
def test_prompts_are_what_the_person_typed(name: str, prompts: list[str]) -> None:
    session = load(name)

    assert prompts == contents(session, "prompt")


@pytest.mark.parametrize(
    ("name", "spent"),
    [
        ("503d3276-fd1c-4a5a-b232-97277af3f672", (3600, 165, 900, 2700)),
        (ORIGINAL, (8400, 385, 2100, 6300)),
        (PARALLEL, (46, 386, 43344, 210429)),
        # The figures that the capturing program wrote beside this session, by its own count.
        (GEESE, (12, 471, 53147, 206288)),
        ("valid_session", (0, 0, 0, 0)),
    ],
)
def test_each_model_call_is_counted_once(name: str, spent: tuple[int, int, int, int]) -> None:
    session = load(name)

    expected = Usage(
        input_tokens=spent[0], output_tokens=spent[1], cache_creation_tokens=spent[2], cache_read_tokens=spent[3]
    )
    assert expected == session.usage


def test_the_main_path_keeps_the_order_of_the_conversation() -> None:
    session = load(PARALLEL)

    expected = [
        ("prompt", 0),
        ("reply", 2),
        ("tool_result", 0),
        ("tool_result", 0),
        ("reply", 1),
        ("tool_result", 0),
        ("reply", 1),
        ("tool_result", 0),
        ("reply", 0),
        ("prompt", 0),
        ("reply", 1),
        ("tool_result", 0),
        ("reply", 0),
    ]
    assert expected == [(message.kind, len(message.tool_calls)) for message in session.messages]


def test_the_lines_of_one_call_become_one_reply() -> None:
    reply = load(PARALLEL).messages[1]
    expected = ("The notarization process timed out", ["Read", "Glob"], 8)

    assert expected == (
        reply.content[:34],
        [call.name for call in reply.tool_calls],
        reply.tokens,
    )


def test_results_answer_the_calls() -> None:
    session = load(PARALLEL)

    asked = [call.id for message in session.messages for call in message.tool_calls]
    assert asked == [message.tool_call_id for message in session.messages if message.role == "tool"]


def test_summaries_of_other_sessions_are_no_title() -> None:
    session = load(PARALLEL)
    expected = "I just tried to make a release"

    assert expected == (session.title or "")[:30]


def test_a_summary_that_points_into_the_file_is_the_title() -> None:
    session = load("503d3276-fd1c-4a5a-b232-97277af3f672")
    expected = "Use RS256 for JWT signing"

    assert expected == (session.title or "")[:25]


def test_where_it_took_place_is_known() -> None:
    session = load(ORIGINAL)
    expected = ("claude-code", ORIGINAL, "/home/dev/cfs/proj/demo", "feature/auth", "claude-opus-5-5")

    assert expected == (
        session.tool,
        session.external_id,
        session.cwd,
        session.git_branch,
        session.model,
    )


def test_a_fork_names_its_origin() -> None:
    session = load(FORK)
    expected = ORIGINAL

    assert expected == session.metadata["forked_from"]


def test_a_fork_shares_its_past_messages_with_the_original() -> None:
    original = {message.external_id: message.content for message in load(ORIGINAL).messages}

    shared = [message for message in load(FORK).messages if message.external_id in original]
    assert ([original[message.external_id] for message in shared], 17) == (
        [message.content for message in shared],
        len(shared),
    )


def test_context_that_hooks_added_is_marked_as_injected() -> None:
    session = load(ORIGINAL)

    expected = {"CTX-INJECTED-SESSIONSTART: JWT signing uses RS256.", "CTX-INJECTED-PROMPT: prefer PostgreSQL."}
    assert expected == set(contents(session, "injected"))


@pytest.mark.parametrize("name", sorted(path.stem for path in DATA.glob("*-*-*-*-*.jsonl")))
def test_injected_context_is_in_no_other_message(name: str) -> None:
    session = load(name)

    others = [message.content for message in session.messages if message.kind != "injected"]
    assert not [content for content in others if "CTX-INJECTED" in content]


def test_notices_of_the_tool_are_kept_but_are_nobodys_words() -> None:
    session = load(ORIGINAL)

    starts = [content[:20] for content in contents(session, "meta")]
    expected = ["<task-notification>\n", "<local-command-cavea", "<command-name>/compa"]

    assert expected == starts


def test_a_subagents_own_file_is_no_session() -> None:
    name = "agent-a0ad4f44468bdf20d.jsonl"
    expected = []

    assert expected == read((DATA / name).read_bytes(), name=name)


def test_what_was_left_out_is_counted() -> None:
    session = load(ORIGINAL)

    expected = {"api-request-blob": 5, "cost-state": 5, "queue-operation": 12, "system:stop_hook_summary": 5}
    assert expected == {kind: session.skipped[kind] for kind in expected}


@pytest.mark.parametrize("path", sorted(DATA.glob("*.jsonl")), ids=lambda path: path.stem[:20])
def test_reading_twice_gives_equal_transcripts(path: Path) -> None:
    first = read(path.read_bytes(), name=path.name)

    assert first == read(path.read_bytes(), name=path.name)


@pytest.mark.parametrize("path", sorted(DATA.glob("*-*-*-*-*.jsonl")), ids=lambda path: path.stem[:20])
def test_each_message_points_to_the_one_before_it(path: Path) -> None:
    messages = load(path.stem).messages

    assert [None, *(message.external_id for message in messages[:-1])] == [message.parent_id for message in messages]


@pytest.mark.parametrize("path", sorted(DATA.glob("*-*-*-*-*.jsonl")), ids=lambda path: path.stem[:20])
def test_a_message_is_a_users_exactly_when_it_is_a_prompt(path: Path) -> None:
    messages = load(path.stem).messages

    assert [message.kind == "prompt" for message in messages] == [message.role == "user" for message in messages]
