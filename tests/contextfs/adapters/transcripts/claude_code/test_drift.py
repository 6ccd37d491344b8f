"""Drift and damage: whatever happens to a session's lines, reading goes on and no person is invented."""

import json
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.adapters.transcripts.claude_code import read
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage

DATA = Path(__file__).parents[4] / "data" / "transcripts" / "claude-code"
NAMES = (
    "0bf48fc9-46fc-41cf-8c42-979ea11609ff.jsonl",
    "503d3276-fd1c-4a5a-b232-97277af3f672.jsonl",
    "6da7d497-00e2-460d-a6b4-d280e0314cfd.jsonl",
)
SAMPLES = {name: (DATA / name).read_bytes() for name in NAMES}
# What is left when one of these is gone still has to tell a person from the tool; a lost `isMeta` cannot be told.
LOSABLE = st.sampled_from(
    ["uuid", "parentUuid", "logicalParentUuid", "timestamp", "sessionId", "cwd", "gitBranch", "version", "requestId",
     "toolUseResult", "sourceToolAssistantUUID", "promptId", "attachment", "summary", "leafUuid", "subtype"]
)  # fmt: skip

samples = st.sampled_from(NAMES)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
fields = st.sampled_from(
    ["uuid", "parentUuid", "logicalParentUuid", "timestamp", "sessionId", "cwd", "gitBranch", "version", "requestId",
     "message", "attachment", "summary", "leafUuid", "origin", "isMeta", "isSidechain", "subtype", "promptSource"]
)  # fmt: skip
junk = st.one_of(
    st.binary(max_size=60).map(lambda data: data.replace(b"\n", b" ")),
    st.sampled_from([b"\x00" * 40, b"{", b"null", b"[]", b'{"a":' * 3_000, b"\xff\xfe", b'{"type":"user"}']),
    st.dictionaries(st.sampled_from(["type", "uuid", "message"]), scalars, max_size=3).map(
        lambda record: json.dumps({**record, "type": "of next year"}).encode()
    ),
)


def load(data: bytes, name: str) -> Transcript:
    """Read the one session."""
    [session] = read(data, name=name)
    return session


def bare(session: Transcript) -> list[TranscriptMessage]:
    """Give the messages without where they were read from."""
    return [msgspec.structs.replace(message, source=None) for message in session.messages]


def prompts(sessions: list[Transcript]) -> list[str]:
    """Give what people typed."""
    return [message.content for session in sessions for message in session.messages if message.role == "user"]


def heard(name: str) -> list[str]:
    """Give what people typed in the undamaged sample."""
    return prompts(read(SAMPLES[name], name=name))


@given(samples, st.lists(st.tuples(st.integers(0, 200), junk), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_junk_between_the_lines_changes_no_message(name: str, strange: list[tuple[int, bytes]]) -> None:
    lines = SAMPLES[name].splitlines()
    for place, line in strange:
        lines.insert(place % (len(lines) + 1), line)

    assert bare(load(SAMPLES[name], name)) == bare(load(b"\n".join(lines) + b"\n", name))


@given(samples, st.data())
@settings(max_examples=60, deadline=None)
def test_a_cut_file_gives_the_beginning_of_the_conversation(name: str, data: st.DataObject) -> None:
    whole = SAMPLES[name]
    cut = data.draw(st.integers(min_value=whole.index(b"\n") + 1, max_value=len(whole)))

    got = prompts(read(whole[:cut], name=name))
    assert heard(name)[: len(got)] == got


@given(samples, st.sets(st.integers(0, 200), max_size=12))
@settings(max_examples=60, deadline=None)
def test_lost_lines_invent_no_prompt(name: str, lost: set[int]) -> None:
    lines = [line for n, line in enumerate(SAMPLES[name].splitlines()) if n not in lost]

    got = prompts(read(b"\n".join(lines), name=name))
    assert set(heard(name)) >= set(got)


@given(samples, st.sets(st.tuples(st.integers(0, 100), LOSABLE), max_size=60))
@settings(max_examples=60, deadline=None)
def test_lost_fields_invent_no_prompt(name: str, lost: set[tuple[int, str]]) -> None:
    records: list[dict[str, Any]] = [json.loads(line) for line in SAMPLES[name].splitlines()]
    for n, key in lost:
        records[n % len(records)].pop(key, None)

    got = prompts(read("\n".join(map(json.dumps, records)).encode(), name=name))
    assert len(heard(name)) >= len(got)


@given(samples, st.lists(st.tuples(st.integers(0, 200), fields, anything), min_size=1, max_size=10))
@settings(max_examples=80, deadline=None)
def test_values_of_any_shape_are_survived(name: str, changes: list[tuple[int, str, Any]]) -> None:
    records: list[dict[str, Any]] = [json.loads(line) for line in SAMPLES[name].splitlines()]
    for place, field, value in changes:
        records[place % len(records)][field] = value
    damaged = "\n".join(map(json.dumps, records)).encode()

    assert read(damaged, name=name) == read(damaged, name=name)


@given(samples, st.lists(st.tuples(st.integers(0, 200), anything), min_size=1, max_size=6))
@settings(max_examples=80, deadline=None)
def test_contents_of_any_shape_are_survived(name: str, changes: list[tuple[int, Any]]) -> None:
    records: list[dict[str, Any]] = [json.loads(line) for line in SAMPLES[name].splitlines()]
    talk = [record for record in records if record["type"] in {"user", "assistant"}]
    for place, value in changes:
        talk[place % len(talk)]["message"]["content"] = value
        talk[place % len(talk)]["message"]["usage"] = value
    damaged = "\n".join(map(json.dumps, records)).encode()

    assert read(damaged, name=name) == read(damaged, name=name)


@given(samples, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_shuffled_lines_invent_no_prompt(name: str, random: Any) -> None:
    lines = SAMPLES[name].splitlines()
    random.shuffle(lines)

    assert len(heard(name)) >= len(prompts(read(b"\n".join(lines), name=name)))
