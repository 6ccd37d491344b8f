"""The ChatGPT export: the live branch, hidden nodes, types of content, and files that are something else."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.adapters.transcripts.chatgpt import find, read
from contextfs.adapters.transcripts.model import Transcript
from contextfs.kit.errors import Invalid

SAMPLE = (Path(__file__).parents[4] / "data" / "transcripts" / "chatgpt" / "conversations.json").read_bytes()

Node = dict[str, Any]


def node(key: str, parent: str | None, role: str, content: object, **more: object) -> Node:
    """Make a node of the tree."""
    if isinstance(content, str):
        content = {"content_type": "text", "parts": [content]}
    return {"id": key, "parent": parent, "message": {"id": key, "author": {"role": role}, "content": content, **more}}


def load(*nodes: Node, current: str | None = None) -> Transcript:
    """Read nodes as one conversation."""
    mapping = {one["id"]: one for one in nodes}
    conversation = {"id": "c", "title": "t", "mapping": mapping, "current_node": current or nodes[-1]["id"]}
    [transcript] = read(json.dumps([conversation]).encode(), name="conversations.json")
    return transcript


def contents(transcript: Transcript) -> list[tuple[str, str]]:
    """Give kinds and contents."""
    return [(message.kind, message.content) for message in transcript.messages]


def test_the_sample_gives_the_live_branch() -> None:
    [transcript] = read(SAMPLE, name="conversations.json")
    expected = [
        ("prompt", "How should we sign JWT tokens?"),
        ("reply", "Use RS256; private key stays in the auth service. Access tokens live 15 minutes."),
        ("prompt", "Which database did we choose?"),
        ("reply", "PostgreSQL 16 with JSONB for session metadata."),
    ]

    assert expected == contents(transcript)


def test_the_sample_counts_what_it_left_out() -> None:
    [transcript] = read(SAMPLE, name="conversations.json")
    expected = {"hidden": 1, "off_path": 2, "thinking": 2}

    assert (expected, 2) == (transcript.skipped, len(transcript.left))


def test_the_sample_says_when_and_by_which_model() -> None:
    [transcript] = read(SAMPLE, name="conversations.json")
    expected = ("gpt-5-thinking", "2026-03-14T04:46:27.500000+00:00", "7d3e8742-67ea-601b-212a-898c6b425121")

    assert transcript.started_at
    assert expected == (transcript.model, transcript.started_at.isoformat(), transcript.external_id)


def test_reading_twice_gives_equal_transcripts() -> None:
    assert read(SAMPLE, name="c.json") == read(SAMPLE, name="c.json")


def test_without_a_current_node_the_last_written_message_ends_the_branch() -> None:
    transcript = load(
        node("1", None, "user", "hello", create_time=1.0),
        node("2", "1", "assistant", "old", create_time=2.0),
        node("3", "1", "assistant", "new", create_time=3.0),
        current="gone",
    )
    expected = [("prompt", "hello"), ("reply", "new")]

    assert expected == contents(transcript)


@pytest.mark.parametrize(
    ("times", "left"),
    [((2.0, 3.0, 4.0), ["2", "3"]), ((2.0, 5.0, 4.0), []), ((2.0, None, 4.0), []), ((2.0, 3.0, None), [])],
)
def test_a_branch_is_left_where_all_of_it_came_before_the_other(times: tuple[Any, Any, Any], left: list[str]) -> None:
    transcript = load(
        node("1", None, "user", "hello", create_time=1.0),
        node("2", "1", "assistant", "old", create_time=times[0]),
        node("3", "2", "user", "and then?", create_time=times[1]),
        node("4", "1", "assistant", "new", create_time=times[2]),
    )

    assert (left, [] if left else ["2", "3"]) == ([*transcript.left], [*transcript.aside])


def test_nodes_in_a_circle_end_the_branch() -> None:
    transcript = load(node("1", "2", "user", "a"), node("2", "1", "assistant", "b"))
    expected = [("prompt", "a"), ("reply", "b")]

    assert expected == contents(transcript)


@pytest.mark.parametrize(
    ("role", "content", "expected"),
    [
        ("user", {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer"}, "see"]},
         ("prompt", "[image]\nsee")),
        ("user", {"content_type": "multimodal_text", "parts": [{"content_type": "audio_transcription", "text": "hi"}]},
         ("prompt", "hi")),
        ("assistant", {"content_type": "code", "text": "print(1)"}, ("reply", "print(1)")),
        ("tool", {"content_type": "execution_output", "text": "1"}, ("tool_result", "1")),
        ("tool", {"content_type": "tether_browsing_display", "result": "page"}, ("tool_result", "page")),
        ("user", {"content_type": "user_editable_context", "user_instructions": "be brief"}, ("injected", "be brief")),
        ("system", {"content_type": "text", "parts": ["You are…"]}, ("meta", "You are…")),
        ("user", "<contextfs-context>memory</contextfs-context>fix it", ("prompt", "fix it")),
    ],
    ids=["image", "voice", "code", "output", "browsing", "profile", "system", "fence"],
)  # fmt: skip
def test_types_of_content(role: str, content: object, expected: tuple[str, str]) -> None:
    transcript = load(node("1", None, "assistant", "first"), node("2", "1", role, content))

    assert expected == contents(transcript)[1]


@pytest.mark.parametrize("kind", ["thoughts", "reasoning_recap", "hologram"])
def test_reasoning_and_unknown_types_are_no_messages(kind: str) -> None:
    transcript = load(
        node("1", None, "user", "hi"), node("2", "1", "assistant", {"content_type": kind, "content": "x"})
    )
    expected = (1, 1)

    assert expected == (len(transcript.messages), sum(transcript.skipped.values()))


def test_a_message_to_a_tool_is_a_call() -> None:
    transcript = load(node("1", None, "assistant", '{"q": "jwt"}', recipient="browser"))
    [call] = transcript.messages[0].tool_calls
    expected = ("browser", {"q": "jwt"}, "")

    assert expected == (call.name, call.input, transcript.messages[0].content)


def test_a_broken_conversation_among_good_ones_is_counted() -> None:
    conversation = json.loads(SAMPLE)[0]
    [transcript] = read(json.dumps([None, {"id": "x"}, conversation]).encode(), name="c.json")

    assert transcript.skipped["broken_conversation"] == 2


def test_half_an_emoji_does_not_lose_the_export() -> None:
    transcript = load(node("1", None, "user", "cut \ud83d"))

    assert contents(transcript) == [("prompt", "cut \ufffd")]


def test_an_empty_export_holds_nothing() -> None:
    assert read(b"[]", name="c.json") == []


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (
            b'[{"uuid":"u","name":"n","chat_messages":[]}]',
            "it looks like a claude.ai export; `ctx import claude-ai` reads it",
        ),
        (
            b'{"type":"user","uuid":"u","sessionId":"s"}\n{}\n',
            "it looks like a Claude Code session; `ctx import claude-code` reads it",
        ),
        (b'{"user":"ada"}', "it holds no conversation with a `mapping`. Choose the tool that wrote it"),
    ],
)
def test_another_file_is_refused_by_name(data: bytes, hint: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(data, name="c.json")

    assert f"c.json is not a ChatGPT export: {hint}." == refusal.value.detail


@pytest.mark.parametrize(
    "data", [SAMPLE[:500], b"[" * 100_000, b'["\xff"]', b"\x00"], ids=["cut", "deep", "bytes", "nul"]
)
def test_json_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        read(data, name="c.json")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
places = st.sampled_from(
    ["message", "parent", "children", "id", "author", "content", "metadata", "create_time", "recipient"]
)


@given(st.lists(st.tuples(st.integers(0, 20), places, anything), min_size=1, max_size=6))
@settings(max_examples=80, deadline=None)
def test_values_of_any_shape_are_survived(changes: list[tuple[int, str, Any]]) -> None:
    [conversation] = json.loads(SAMPLE)
    nodes: list[Node] = list(conversation["mapping"].values())
    for n, place, value in changes:
        outer = nodes[n % len(nodes)]
        inner: object = outer["message"]
        target = cast("Node", inner) if isinstance(inner, dict) and place not in outer else outer
        target[place] = value
    data = json.dumps([conversation]).encode()

    assert len([m for t in read(data, name="c.json") for m in t.messages if m.kind == "prompt"]) <= 3


def test_exports_are_found_among_the_downloads(tmp_path: Path) -> None:
    downloads = tmp_path / "Downloads"
    (downloads / "export").mkdir(parents=True)
    for name in ("export/conversations.json", "holiday.zip", "notes.json"):
        (downloads / name).touch()

    assert [downloads / "export" / "conversations.json"] == find(tmp_path, {}, "linux")
