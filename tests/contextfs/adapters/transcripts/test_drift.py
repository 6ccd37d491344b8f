"""Drift and damage, for every tool: reading goes on, what is left out is counted, and no person is invented."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.adapters.transcripts import READERS, jsonl, reader
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.kit.errors import ContextFSError
from tests.contextfs.adapters.transcripts.samples import DATA, files_of, sessions, unread

LINES = {
    "codex": "codex/rollout-2026-11-22T21-54-01-01a20540-7b7f-7a83-be5d-cfc61a0f0eaa.jsonl",
    "gemini": "gemini/demo/chats/session-2026-11-22T21-54-b038f9ed.jsonl",
    "copilot": "copilot/c931f18a-2595-4f17-8763-97237b3dc1c8/events.jsonl",
    "copilot-chat": "copilot-chat/demo/chatSessions/c0629c67-ba5a-4fef-8950-b520873329b7.jsonl",
    "cursor": "cursor/small.jsonl",
}
DOCUMENTS = {
    "gemini": "gemini/f7633853-6663-4dbb-bbf4-6159afa29df8-0.json",
    "continue": "continue/92d9c014-4402-4de8-8ad2-23d1a4bf4e36.json",
    "opencode": "opencode/export-ses_dfabee22fffegKJhD8XG2WZ3m3.json",
    "cline": "cline/1795384565288_kgzbo/1795384565288_kgzbo.messages.json",
    "claude-ai": "claude-ai/conversations.json",
}
BASES = {
    "cursor": "cursor/state.vscdb",
    "opencode": "opencode/opencode.db",
    "zed": "zed/threads.db",
    "llm": "llm/logs.db",
}

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
junk = st.one_of(
    st.binary(max_size=40).map(lambda data: data.replace(b"\n", b" ")),
    st.sampled_from(
        [b"\x00" * 40, b"{", b"null", b"[]", b"{}", b'{"a":' * 3_000, b"\xff\xfe", b'{"type":"of next year"}']
    ),
)


def read(tool: str, data: bytes, name: str) -> list[Transcript]:
    """Read bytes; a file that is refused holds nothing."""
    try:
        return reader(tool).read(data, name=name)
    except ContextFSError:
        return []


def bytes_of(name: str) -> tuple[bytes, str]:
    return (DATA / name).read_bytes(), name.rpartition("/")[2]


def typed(read_back: list[Transcript]) -> list[str]:
    """Give what people typed."""
    return [message.content for one in read_back for message in one.messages if message.role == "user"]


def bare(read_back: list[Transcript]) -> list[TranscriptMessage]:
    """Give the messages without where they were read from."""
    return [msgspec.structs.replace(message, source=None) for one in read_back for message in one.messages]


def everywhere(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every place in a JSON value: what it is in, and its key."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(cast("dict[Any, Any]", value).items())
    elif isinstance(value, list):
        inner = list(enumerate(cast("list[Any]", value)))
    for key, one in inner:
        yield value, key
        yield from everywhere(one)


@pytest.mark.parametrize("tool", LINES)
@given(strange=st.lists(st.tuples(st.integers(0, 200), junk), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_junk_between_the_lines_changes_no_message(tool: str, strange: list[tuple[int, bytes]]) -> None:
    data, name = bytes_of(LINES[tool])
    lines = data.splitlines()
    for place, line in strange:
        lines.insert(1 + place % len(lines), line)

    assert bare(read(tool, data, name)) == bare(read(tool, b"\n".join(lines) + b"\n", name))


@pytest.mark.parametrize("tool", LINES)
@given(share=st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_a_cut_file_gives_the_beginning_of_what_was_typed(tool: str, share: float) -> None:
    data, name = bytes_of(LINES[tool])
    got = typed(read(tool, data[: int(share * len(data))], name))

    assert typed(read(tool, data, name))[: len(got)] == got


@pytest.mark.parametrize("tool", LINES)
@given(lost=st.sets(st.integers(0, 60), max_size=12))
@settings(max_examples=25, deadline=None)
def test_lost_lines_invent_no_prompt(tool: str, lost: set[int]) -> None:
    data, name = bytes_of(LINES[tool])
    lines = [line for n, line in enumerate(data.splitlines()) if n not in lost]

    assert set(typed(read(tool, data, name))) >= set(typed(read(tool, b"\n".join(lines), name)))


@pytest.mark.parametrize("tool", READERS)
def test_what_was_read_of_a_file_as_it_grew_is_read_or_left_behind(tool: str) -> None:
    growing = [path for path in files_of(tool) if path.suffix == ".jsonl" and path.stat().st_size < 300_000]
    lost: list[tuple[str, int, set[str]]] = []
    for path in growing:
        lines = path.read_bytes().splitlines(keepends=True)
        whole = {one.external_id: one for one in read(tool, b"".join(lines), path.name)}
        for upto in range(1, len(lines), max(1, len(lines) // 12)):
            for before in read(tool, b"".join(lines[:upto]), path.name):
                gone = unread(before, whole[before.external_id]) if before.external_id in whole else set[str]()
                lost += [(path.name, upto, gone)] if gone else []

    assert [] == lost


@pytest.mark.parametrize("tool", LINES)
def test_a_half_written_last_line_is_counted(tool: str) -> None:
    data, name = bytes_of(LINES[tool])
    [one] = read(tool, data.rstrip(b"\n") + b'\n{"type":"user", "half', name)

    assert one.skipped["partial_line"] == 1


@pytest.mark.parametrize("tool", LINES)
def test_a_line_of_more_than_is_sensible_is_counted(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, name = bytes_of(LINES[tool])
    whole = typed(read(tool, data, name))
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 100_000)
    [one] = read(tool, data + b'{"type":"' + b"x" * 100_000 + b'"}\n', name)

    assert (1, whole) == (one.skipped["oversized_line"], typed([one]))


@pytest.mark.parametrize("tool", LINES)
def test_new_fields_and_another_order_of_fields_change_nothing(tool: str) -> None:
    data, name = bytes_of(LINES[tool])
    records = [json.loads(line) for line in data.splitlines()]
    drifted = [dict(reversed([*record.items(), ("of next year", {"a": [1]})])) for record in records]

    assert bare(read(tool, data, name)) == bare(read(tool, "\n".join(map(json.dumps, drifted)).encode(), name))


@pytest.mark.parametrize("tool", LINES)
@given(changes=st.lists(st.tuples(st.integers(0, 5_000), anything), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_values_of_any_shape_in_lines_are_survived(tool: str, changes: list[tuple[int, Any]]) -> None:
    data, name = bytes_of(LINES[tool])
    records = [json.loads(line) for line in data.splitlines()]
    places = list(everywhere(records))
    for n, value in changes:
        inside, key = places[n % len(places)]
        inside[key] = value
    got = read(tool, "\n".join(map(json.dumps, records)).encode(), name)

    assert all(one.messages for one in got)


@pytest.mark.parametrize("tool", DOCUMENTS)
@given(changes=st.lists(st.tuples(st.integers(0, 5_000), anything), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_values_of_any_shape_in_documents_are_survived(tool: str, changes: list[tuple[int, Any]]) -> None:
    data, name = bytes_of(DOCUMENTS[tool])
    document = json.loads(data)
    places = list(everywhere(document))
    for n, value in changes:
        inside, key = places[n % len(places)]
        inside[key] = value
    got = read(tool, json.dumps(document).encode(), name)

    assert all(one.messages for one in got)


@pytest.mark.parametrize("tool", DOCUMENTS)
@pytest.mark.parametrize("damage", [b"[" * 100_000, b'["\xff"]', b"\x00", b"{}", b"[]", b"null", b"1"])
def test_a_document_that_cannot_be_read_is_refused_or_empty(tool: str, damage: bytes) -> None:
    assert [] == read(tool, damage, "x.json")


@pytest.mark.parametrize("tool", DOCUMENTS)
def test_a_cut_document_is_refused(tool: str) -> None:
    data, name = bytes_of(DOCUMENTS[tool])

    with pytest.raises(ContextFSError):
        reader(tool).read(data[: len(data) // 2], name=name)


@pytest.mark.parametrize("tool", BASES)
@given(
    damage=st.lists(st.tuples(st.integers(100, 400_000), st.binary(min_size=1, max_size=8)), max_size=20),
    cut=st.floats(0.05, 1),
)
@settings(max_examples=25, deadline=None)
def test_a_damaged_database_is_refused_or_read_as_far_as_it_goes(
    tool: str, damage: list[tuple[int, bytes]], cut: float
) -> None:
    whole, name = bytes_of(BASES[tool])
    data = bytearray(whole)
    for place, change in damage:
        start = place % len(data)
        data[start : start + len(change)] = change
    got = read(tool, bytes(data[: max(100, int(cut * len(data)))]), name)

    assert all(one.messages for one in got)


@pytest.mark.parametrize("tool", READERS)
def test_every_file_is_refused_or_read_by_every_reader(tool: str) -> None:
    foreign = [path for other in READERS for path in files_of(other)[:2] if other != tool]
    for path in foreign:
        try:
            read_back = reader(tool).read(path.read_bytes(), name=path.name)
        except ContextFSError as error:
            assert "\n" not in error.detail  # noqa: PT017 - one line for a person
        else:
            assert {tool} >= {one.tool for one in read_back}


@pytest.mark.parametrize("tool", READERS)
def test_reading_twice_gives_equal_transcripts_with_names_of_their_own(tool: str) -> None:
    first, second = sessions(tool), sessions(tool)

    assert first == second
    for one in first:
        names = [message.external_id for message in one.messages]
        assert len(names) == len(set(names))
        assert [None, *names[:-1]] == [message.parent_id for message in one.messages]
        assert [m.kind == "prompt" for m in one.messages] == [m.role == "user" for m in one.messages]


@pytest.mark.parametrize("tool", READERS)
def test_every_message_tells_its_record(tool: str) -> None:
    lost = [message.external_id for one in sessions(tool) for message in one.messages if message.source is None]

    assert [] == lost


@pytest.mark.parametrize("tool", LINES)
def test_a_record_is_found_again_where_it_was_read(tool: str) -> None:
    data, name = bytes_of(LINES[tool])
    sources = [
        m.source for one in read(tool, data, name) for m in one.messages if m.source and m.source.offset is not None
    ]
    lines = data.splitlines()

    assert [lines[int(s.record) - 1] for s in sources] == [
        data[s.offset or 0 : (s.offset or 0) + s.size] for s in sources
    ]


def test_every_session_in_the_samples_has_a_title_and_a_person_or_a_reply() -> None:
    read_back = [one for tool in READERS for one in sessions(tool)]

    assert [] == [one.external_id for one in read_back if not one.messages]


def test_the_samples_are_all_licensed() -> None:
    folders = [path for path in DATA.iterdir() if path.is_dir()]

    assert [] == [folder.name for folder in folders if not (Path(folder) / "LICENCES.md").is_file()]
