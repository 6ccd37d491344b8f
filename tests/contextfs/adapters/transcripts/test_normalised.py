"""Whatever a transcript holds, what is made of it is within the limits of the API."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contextfs.adapters.transcripts.model import Source, ToolCall, Transcript, TranscriptMessage, Usage
from contextfs.adapters.transcripts.normalised import MOST_OF_A_RESULT, normalised
from contextfs.domain.sessions.model import NewMessages, NewSession

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)

texts: SearchStrategy[str] = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.builds(
    str.__mul__, st.sampled_from(["x", "é", "\x00", "x\n"]), st.sampled_from([0, 301, 1001])
)
values: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
calls = st.builds(ToolCall, id=texts, name=texts, input=values)
messages = st.builds(
    TranscriptMessage,
    external_id=texts.filter(bool),
    role=st.sampled_from(["user", "assistant", "system", "tool"]),
    kind=st.sampled_from(["prompt", "reply", "tool_result", "summary", "injected", "meta"]),
    content=texts,
    tool_calls=st.lists(calls, max_size=3).map(tuple),
    tool_call_id=st.none() | texts,
    is_error=st.booleans(),
    created_at=st.none() | st.just(AT),
    model=st.none() | texts,
    tokens=st.none() | st.integers(0, 2**40),
)
transcripts = st.builds(
    Transcript,
    tool=st.just("claude-code"),
    external_id=texts.filter(bool),
    title=st.none() | texts,
    started_at=st.none() | st.just(AT),
    model=st.none() | texts,
    cwd=st.none() | texts,
    git_branch=st.none() | texts,
    messages=st.lists(messages, min_size=1, max_size=4).map(tuple),
    usage=st.builds(Usage, input_tokens=st.integers(0, 2**40)),
    metadata=st.dictionaries(st.sampled_from(["version", "models"]), values, max_size=2),
)
PROJECT = "0192c000-0000-7000-8000-000000000001"


@settings(max_examples=60)
@given(transcripts)
def test_the_api_takes_it(transcript: Transcript) -> None:
    one = normalised(transcript)
    session = {"project_id": PROJECT, "tool": one.tool, "external_id": one.external_id, **one.fields}

    encoded = msgspec.json.encode({"messages": one.messages}), msgspec.json.encode(session)

    assert len(one.messages) == len(msgspec.json.decode(encoded[0], type=NewMessages).messages)
    assert msgspec.json.decode(encoded[1], type=NewSession).external_id == one.external_id
    assert b"\\u0000" not in b"".join(encoded).replace(b"\\\\", b"")


def test_a_long_output_keeps_its_beginning_and_its_end() -> None:
    output = "first line\n" + "x" * 50_000 + "\nlast line"

    message = normalised(said(kind="tool_result", role="tool", content=output)).messages[0]

    assert message.content.startswith("first line")
    assert message.content.endswith("last line")
    assert len(message.content) < MOST_OF_A_RESULT + 100
    assert message.metadata == {"cut_from_characters": len(output)}


def test_what_a_person_said_is_kept_whole() -> None:
    assert normalised(said(content="x" * 50_000)).messages[0].content == "x" * 50_000


def test_an_input_that_is_too_deep_becomes_text() -> None:
    deep: Any = "bottom"
    for _ in range(90):
        deep = [deep]

    call = normalised(said(tool_calls=(ToolCall(id="c", name="Write", input=deep),))).messages[0].tool_calls[0]

    assert list(call.input) == ["cut"]


def test_an_input_that_is_too_large_becomes_text() -> None:
    large = {"rows": list(range(100_000))}

    call = normalised(said(tool_calls=(ToolCall(id="c", name="Write", input=large),))).messages[0].tool_calls[0]

    assert call.input["cut"].startswith('{"rows":[0,1,2,')
    assert len(call.input["cut"]) < MOST_OF_A_RESULT + 100


def test_a_message_without_a_time_takes_that_of_the_one_before() -> None:
    first, second, third = (
        TranscriptMessage(external_id=str(n), role="user", kind="prompt", content="?", created_at=at)
        for n, at in enumerate((None, LATER, None))
    )
    transcript = Transcript(tool="chatgpt", external_id="c", started_at=AT, messages=(first, second, third))

    assert [AT, LATER, LATER] == [message.created_at for message in normalised(transcript).messages]


def test_tokens_and_git_are_kept() -> None:
    transcript = Transcript(
        tool="claude-code",
        external_id="s",
        cwd="/home/ana/tern",
        git_branch="main",
        usage=Usage(input_tokens=10, output_tokens=5, cache_read_tokens=90),
        messages=said().messages,
    )

    fields = normalised(transcript).fields

    assert (10, 5, 90) == (fields["input_tokens"], fields["output_tokens"], fields["metadata"]["cache_read_tokens"])
    assert ("main", "/home/ana/tern") == (fields["git"].branch, fields["git"].cwd)


def said(**fields: Any) -> Transcript:
    """Make a transcript of one message."""
    usual: dict[str, Any] = {"external_id": "m", "role": "user", "kind": "prompt", "content": "Hello."}
    return Transcript(tool="claude-code", external_id="s", messages=(TranscriptMessage(**(usual | fields)),))


def test_a_message_says_where_its_record_stands() -> None:
    source = Source(record=12, offset=3456, size=789, sha256="9df0")
    row = Source(record="messages/3", size=789, sha256="9df0")
    messages = tuple(
        TranscriptMessage(external_id=str(n), role="user", kind="prompt", content="hi", source=one)
        for n, one in enumerate((source, row))
    )
    made = normalised(Transcript(tool="t", external_id="s", messages=messages)).messages

    assert ["12 at 3456+789 sha256:9df0", "messages/3 of 789 sha256:9df0"] == [one.metadata["source"] for one in made]


def test_the_messages_of_a_long_transcript_are_made_as_they_are_asked_for() -> None:
    messages = tuple(
        TranscriptMessage(external_id=str(n), role="user", kind="prompt", content=str(n)) for n in range(5_001)
    )
    made = normalised(Transcript(tool="t", external_id="s", messages=messages)).messages

    assert (5_001, "5000", ["0", "1"]) == (len(made), made[-1].content, [one.content for one in made[:2]])
    assert [str(n) for n in range(5_001)] == [one.content for one in made]


def test_reasoning_and_cost_are_told_of_the_session() -> None:
    usage = Usage(input_tokens=1, reasoning_tokens=12, cost=0.5)
    made = normalised(Transcript(tool="t", external_id="s", usage=usage))

    assert {"reasoning_tokens": 12, "cost_usd": 0.5} == made.fields["metadata"]


def test_times_do_not_go_back_but_where_a_clock_was_set() -> None:
    times = [(9, 1), (9, 3), (9, 2), None, (9, 4), (2, 1), (2, 2)]
    messages = tuple(
        TranscriptMessage(
            external_id=str(n),
            role="user",
            kind="prompt",
            content="hi",
            created_at=datetime(2026, 1, *time, tzinfo=UTC) if time else None,
        )
        for n, time in enumerate(times)
    )
    made = normalised(Transcript(tool="t", external_id="s", messages=messages)).messages

    assert [(9, 1), (9, 3), (9, 3), (9, 3), (9, 4), (2, 1), (2, 2)] == [
        (one.created_at.day, one.created_at.hour) for one in made if one.created_at
    ]
