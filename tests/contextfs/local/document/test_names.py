"""Names of files are legal, short and apart on every file system."""

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.domain.memories.view import view
from contextfs.local.document import names

RESERVED = ["con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10))]
TYPE = st.one_of(st.sampled_from(RESERVED), st.from_regex(r"\A[a-z][a-z0-9_]{0,63}\Z"))
LETTER = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TITLE = st.one_of(
    st.none(), st.text(LETTER, max_size=80), st.sampled_from([*RESERVED, "CON.txt", "../../etc/passwd", "a:b*?"])
)


def path(kind: str, title: str | None, content: str, memory_id: UUID, *, whole_id: bool = False) -> str:
    fields = Fields(type=kind, content=content, visibility="project", title=title)
    made = Revision(memory_id=memory_id, fields=fields, author="ann", clock="2030-01-31T12:00:00.000Z-0000")
    return names.path_of(view([made]), [made], whole_id=whole_id)


@given(TYPE, TITLE, st.text(LETTER, min_size=1, max_size=200), st.uuids(), st.booleans())
def test_every_path_is_legal_everywhere(kind: str, title: str | None, content: str, memory: UUID, whole: bool) -> None:  # noqa: FBT001 - a case
    found = path(kind, title, content, memory, whole_id=whole)
    folder, name = found.split("/")

    assert re.fullmatch(r"[a-z0-9_]+/[a-z0-9-]+\.md", found)
    assert not PureWindowsPath(folder).is_reserved()
    assert not PureWindowsPath(name).is_reserved()
    assert len(folder) <= 65
    assert len(name) <= 90


@given(TYPE, TITLE, st.text(LETTER, min_size=1), st.uuids())
def test_paths_that_differ_differ_in_more_than_capitals_and_accents(
    kind: str, title: str | None, content: str, memory: UUID
) -> None:
    found = path(kind, title, content, memory)

    assert found == found.casefold() == unicodedata.normalize("NFD", found)


def named(*texts: tuple[str | None, str]) -> str:
    """Give the name of a memory's file without its id, after titles and contents that it had one after the other."""
    made: list[Revision] = []
    for second, (title, content) in enumerate(texts):
        fields = Fields(type="fact", content=content, visibility="project", title=title)
        parents = tuple(one.id for one in made[-1:])
        clock = f"2030-01-31T12:00:{second:02}.000Z-0000"
        made.append(Revision(memory_id=UUID(int=7), parents=parents, fields=fields, author="ann", clock=clock))
    assert names.path_of(view(made), made) == names.path_of(view(made), reversed(made))
    return names.path_of(view(made), made).partition("/")[2].partition("--")[0]


MARK = "[redacted:token:0123abcd]"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([(None, "Key s3cret"), (None, "Another thing")], "key-s3cret"),
        ([(None, "Key s3cret"), (None, f"Key {MARK}")], "key-redacted-token-0123abcd"),
        ([(None, "Key s3cret"), ("The key", "Key s3cret"), ("The key", f"Key {MARK}")], "the-key"),
        ([("Of s3cret", "x"), (f"Of {MARK}", "x"), ("Of what?", "x")], "of-redacted-token-0123abcd"),
        ([(None, f"A {MARK}"), (None, f"B {MARK}")], "a-redacted-token-0123abcd"),
        ([("Kept", "x"), ("Kept", f"x\n{MARK}")], "kept"),
    ],
)
def test_a_file_is_named_by_how_its_memory_began_without_what_was_taken_out(
    texts: list[tuple[str | None, str]], expected: str
) -> None:
    assert expected == named(*texts)


@given(TYPE)
def test_a_folder_tells_its_type(kind: str) -> None:
    assert kind == names.type_of(names.folder_of(kind))


@pytest.mark.parametrize("title", RESERVED)
def test_a_device_of_windows_is_no_name(title: str) -> None:
    stem = PurePosixPath(path("fact", title, "x", UUID(int=1))).name.rpartition("--")[0]

    assert stem not in RESERVED
    assert not PureWindowsPath(names.folder_of(title)).is_reserved()


def test_titles_that_differ_in_capitals_alone_have_files_apart() -> None:
    found = {path("fact", title, "x", UUID(int=number)) for number, title in enumerate(("The Driver", "the driver"))}

    assert 2 == len({name.casefold() for name in found})


@pytest.mark.parametrize(
    "name",
    ["a:b", "what?", "a\\b", "a|b", "<a>", 'the "a"', "a*", "a\tb", "a\x85", ".hidden", " a", "con.a", "Com¹ .a"],
)
def test_a_name_that_some_system_does_not_take_is_not_kept(name: str) -> None:
    memory = UUID("0198f3c2-0000-7000-8000-509a4a588a6d")

    assert names.may_keep(f"a--{names.short(memory)}.md", memory)
    assert not names.may_keep(f"{name}--{names.short(memory)}.md", memory)
