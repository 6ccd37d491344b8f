"""A file and a state say the same."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.revisions import Fields, said_by
from contextfs.kit.errors import Invalid
from contextfs.local.document.text import MARKER, parse, render, sides

MEMORY = UUID("0198f3c2-0000-7000-8000-509a4a588a6d")

line = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=40)
body = st.lists(st.one_of(line, st.just(MARKER), st.just("\\" + MARKER), st.just("---"), st.just("")), min_size=1).map(
    "\n".join
)
word = st.from_regex(r"\A[0-9A-Za-z][0-9A-Za-z._:/-]{0,10}\Z")
leaf = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), line)
value = st.recursive(leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(line, inner, max_size=3))
moment = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
fields = st.builds(
    Fields,
    type=st.from_regex(r"\A[a-z][a-z0-9_]{0,12}\Z").filter(lambda kind: not kind.startswith("memory_")),
    content=body.filter(str.strip),
    visibility=st.sampled_from(["private", "project", "organization"]),
    title=st.none() | line,
    alternatives=st.lists(body, max_size=2).map(tuple),
    tags=st.lists(word, max_size=3).map(tuple),
    metadata=st.dictionaries(line, value, max_size=3),
    sensitivity=st.sampled_from([None, "internal"]),
    confidence=st.none() | st.floats(0, 1),
    pinned=st.booleans(),
    valid_from=st.none() | moment,
    expires_at=st.none() | moment,
    provenance=st.lists(st.fixed_dictionaries({"source": line}), max_size=2).map(tuple),
    anchors=st.lists(st.fixed_dictionaries({"path": line, "lines": st.just([1, 2])}), max_size=2).map(tuple),
)


@given(fields)
def test_what_is_written_is_read_again(state: Fields) -> None:
    found = parse(render(MEMORY, state))

    assert (found.memory_id, canonical(said_by(found.fields))) == (MEMORY, canonical(said_by(state)))


@given(fields)
def test_line_ends_and_a_mark_at_the_front_mean_nothing(state: Fields) -> None:
    text = render(MEMORY, state)

    assert parse("\ufeff" + text.replace("\n", "\r\n")) == parse(text)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    detail = "read"
    try:
        parse(text)
    except Invalid as error:
        detail = error.detail

    assert detail


def test_a_file_is_plain_to_read() -> None:
    state = Fields(
        type="decision",
        content="Use psycopg.\nIt has pipelines.",
        visibility="project",
        title="The driver: psycopg",
        tags=("database", "python"),
        confidence=0.75,
        valid_from=datetime(2026, 1, 2, tzinfo=UTC),
        metadata={"why": ["speed"]},
    )

    assert render(MEMORY, state) == (
        "---\n"
        "id: 0198f3c2-0000-7000-8000-509a4a588a6d\n"
        "type: decision\n"
        'title: "The driver: psycopg"\n'
        "tags: [database, python]\n"
        "confidence: 0.75\n"
        "valid_from: 2026-01-02T00:00:00Z\n"
        'metadata: {"why": ["speed"]}\n'
        "---\n"
        "\n"
        "Use psycopg.\n"
        "It has pipelines.\n"
    )


def test_people_write_yaml_in_their_own_ways() -> None:
    text = (
        "---\n# mine\ntype: user\ntitle: 'it''s mine'  \ntags:\n  - one\n  - \"two\"\npinned: true # yes\n---\nText.\n"
    )

    found = parse(text)

    assert (found.memory_id, found.fields.type, found.fields.title) == (None, "user", "it's mine")
    assert (found.fields.tags, found.fields.pinned, found.fields.content) == (("one", "two"), True, "Text.")


def test_a_note_without_front_matter_is_a_memory_to_be() -> None:
    assert parse("Just a note.\n", usual_type="procedural").fields.type == "procedural"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("---\nid: 1\n---\nx", "line 2", "`id` cannot be read"),
        ("---\ntype: fact\ntype: fact\n---\nx", "line 3", "comes twice"),
        ("---\ntitle: &a x\n---\nx", "line 2", "an anchor"),
        ("---\ntitle: *a\n---\nx", "line 2", "an alias"),
        ("---\ntitle: !!python/object x\n---\nx", "line 2", "a tag"),
        ("---\ntitle: |\n  x\n---\nx", "line 2", "a block text"),
        ("---\na: [b]\n---\nx", "line 2", "no field `a`"),
        ("---\n\ttitle: x\n---\nx", "line 2", "a tab"),
        ("---\ntags: [a, b\n---\nx", "line 2", "close it"),
        ("---\nmetadata: {a: [" + "[" * 100_000 + "\n---\nx", "line 2", "close it"),
        ("---\nvalid_from: 2026-01-02\n---\nx", "line 2", "`valid_from` cannot be read"),
        ("---\ntype: fact\n", "line 1", "no end"),
        ("---\ntype: fact\n---\n\n", None, "no text"),
        ('---\nmetadata: {"a": 1e999}\n---\nx', None, "finite"),
        ("x" * 200_001, None, "longer than 200,000"),
        ("a\0b", None, "character zero"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, place: str | None, words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        parse(text)

    assert place is None or caught.value.where == place


def test_marks_of_git_are_read_as_two_versions() -> None:
    text = "---\ntype: fact\n---\n\nWe use\n<<<<<<< HEAD\nES256\n=======\nHS512\n>>>>>>> other\nhere.\n"

    ours, theirs = (parse(side).fields.content for side in sides(text))

    assert (ours, theirs) == ("We use\nES256\nhere.", "We use\nHS512\nhere.")


def test_marks_with_the_common_text_between_are_read_too() -> None:
    text = "<<<<<<< a\none\n||||||| base\nold\n=======\ntwo\n>>>>>>> b\n"

    found: Any = [parse(side).fields.content for side in sides(text)]

    assert found == ["one", "two"]
