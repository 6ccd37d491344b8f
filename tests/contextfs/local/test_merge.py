"""Two versions of one memory become one file that says what both meant, and no text is lost."""

import subprocess
import sys
from io import StringIO
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.memories.canonical import canonical
from contextfs.domain.memories.revisions import Fields, said_by
from contextfs.kit.errors import Invalid
from contextfs.local.document.text import MARKER, parse, render, sides
from contextfs.local.merge import marked, merge, run
from tests.contextfs.local.document.test_text import MEMORY, body, fields

OTHER = UUID("0198f3c2-0000-7000-8000-000000000009")
BASE = Fields(type="fact", content="We use psycopg.", visibility="project", title="Driver", tags=("a", "b"))


def changed(**values: object) -> str:
    return render(MEMORY, msgspec.structs.replace(BASE, **values))


def merged(ours: str, theirs: str, base: str | None = None) -> Fields:
    return parse(merge(changed() if base is None else base, ours, theirs).text).fields


def said(state: Fields) -> str:
    return canonical(said_by(state) | {"content": sorted(state.bodies), "alternatives": None})


def texts(*states: Fields) -> set[str]:
    return {text.rstrip() for state in states for text in state.bodies}


def near(state: Fields) -> st.SearchStrategy[Fields]:
    """Give states that differ from one in a few fields, as an edit does."""
    change = st.fixed_dictionaries(
        {},
        optional={
            "content": body.filter(str.strip),
            "title": st.sampled_from(["one", "two", None]),
            "tags": st.lists(st.sampled_from("abc"), max_size=3).map(tuple),
            "pinned": st.booleans(),
            "alternatives": st.lists(body, max_size=2).map(tuple),
            "metadata": st.dictionaries(st.sampled_from("kl"), st.booleans(), max_size=2),
        },
    )
    return change.map(lambda values: msgspec.structs.replace(state, **values))


edits = fields.flatmap(lambda state: st.tuples(st.just(state), near(state), near(state)))


@given(edits)
def test_every_new_text_of_both_sides_is_in_the_result(states: tuple[Fields, Fields, Fields]) -> None:
    base, ours, theirs = states

    found = merged(render(MEMORY, ours), render(MEMORY, theirs), render(MEMORY, base))

    assert texts(ours, theirs) - texts(base) <= texts(found)
    assert texts(found) <= texts(base, ours, theirs)


@given(edits)
def test_who_merges_whom_does_not_matter(states: tuple[Fields, Fields, Fields]) -> None:
    base, ours, theirs = (render(MEMORY, state) for state in states)

    assert merge(base, ours, theirs) == merge(base, theirs, ours)


@given(edits)
def test_a_side_that_changed_nothing_yields(states: tuple[Fields, Fields, Fields]) -> None:
    base, ours, _ = (render(MEMORY, state) for state in states)

    assert said(parse(merge(base, ours, base).text).fields) == said(parse(ours).fields)


@given(edits)
def test_a_result_is_read_and_merges_with_its_sides_to_itself(states: tuple[Fields, Fields, Fields]) -> None:
    base, ours, theirs = (render(MEMORY, state) for state in states)
    once = merge(base, ours, theirs).text

    assert merge(ours, once, ours).text == once
    assert parse(once).memory_id == MEMORY


def is_mark(line: str) -> bool:
    return line.startswith(("<<<<<<<", "|||||||", "=======", ">>>>>>>"))


lines = st.lists(st.text(st.characters(exclude_characters="\r\n"), max_size=9).filter(lambda one: not is_mark(one)))
text = st.one_of(lines, lines.map(lambda some: ["---", "id: x", *some, "end"])).map(
    lambda some: "".join(f"{one}\n" for one in some)
)


@given(text, text)
def test_what_cannot_be_merged_is_marked_and_whole(ours: str, theirs: str) -> None:
    found = sides(marked(ours, theirs))

    assert (found[0], found[-1]) == (ours, theirs)


def test_each_side_brings_what_it_changed() -> None:
    found = merged(changed(title="The driver", tags=("a", "b", "c")), changed(content="We use asyncpg.", tags=("a",)))

    assert found == msgspec.structs.replace(BASE, title="The driver", content="We use asyncpg.", tags=("a", "c"))


def test_two_new_texts_are_both_kept_behind_the_marker() -> None:
    result = merge(changed(), changed(content="We use asyncpg."), changed(content="We use pg8000."))

    assert result.conflicted
    assert set(parse(result.text).fields.bodies) == {"We use asyncpg.", "We use pg8000."}
    assert MARKER in result.text
    assert "<<<<<<<" not in result.text


def test_a_text_that_both_sides_chose_is_one() -> None:
    result = merge(changed(), changed(content="We use asyncpg."), changed(content="We use asyncpg.\n\n", pinned=True))

    assert not result.conflicted
    assert parse(result.text).fields.pinned


def test_a_chosen_text_of_a_conflict_stays_chosen() -> None:
    base = changed(alternatives=("We use asyncpg.",))

    found = merged(changed(content="We use asyncpg."), changed(alternatives=("We use asyncpg.",), pinned=True), base)

    assert (found.bodies, found.pinned) == (("We use asyncpg.",), True)


def test_the_spelling_of_the_side_that_says_it_all_is_kept() -> None:
    ours = changed(title="The driver").replace("title: The driver", "# ours\ntitle:   'The driver'")

    assert merge(changed(), ours, changed()).text == ours


def test_of_two_spellings_of_one_state_both_machines_keep_the_same() -> None:
    spelled = [changed(title="x").replace("title: x", text) for text in ("title: 'x'", 'title: "x"')]

    assert merge(changed(), *spelled).text == merge(changed(), *reversed(spelled)).text


def test_marks_stand_around_what_differs_and_no_more() -> None:
    found = marked("one\ntwo\nthree\n", "one\n2\nthree\n")

    assert found == "one\n<<<<<<< ours\ntwo\n=======\n2\n>>>>>>> theirs\nthree\n"


def test_without_a_base_both_sides_are_kept() -> None:
    found = parse(merge(None, changed(tags=("a",)), changed(tags=("c",), content="We use asyncpg.")).text).fields

    assert (found.tags, set(found.bodies)) == (("a", "c"), {"We use psycopg.", "We use asyncpg."})


def test_a_base_that_cannot_be_read_is_as_good_as_none() -> None:
    assert merge("---\nbroken", changed(), changed(tags=("c",))) == merge(None, changed(), changed(tags=("c",)))


def test_notes_without_an_id_stay_without_one() -> None:
    result = merge("Buy milk.\n", "Buy cream.\n", "---\ntags: [shop]\n---\nBuy milk.\n", usual_type="procedural")

    assert result.text == "---\ntype: procedural\ntags: [shop]\n---\n\nBuy cream.\n"


def test_an_id_that_one_side_gave_is_kept() -> None:
    assert parse(merge("Buy milk.", "Buy cream.", render(MEMORY, BASE)).text).memory_id == MEMORY


def test_the_marks_of_an_earlier_merge_are_two_texts() -> None:
    left = changed().replace("We use psycopg.", "<<<<<<< a\nWe use asyncpg.\n=======\nWe use pg8000.\n>>>>>>> b")

    found = merged(left, changed(pinned=True))

    assert set(found.bodies) == {"We use asyncpg.", "We use pg8000."}
    assert found.pinned


@pytest.mark.parametrize(("both", "ends"), [(True, b"\r\n"), (False, b"\n")])
def test_the_line_ends_are_those_that_both_sides_have(tmp_path: Path, both: bool, ends: bytes) -> None:  # noqa: FBT001 - a case
    ours, theirs = changed(title="x").encode(), changed(pinned=True).encode().replace(b"\n", b"\r\n")
    paths = written(tmp_path, changed().encode(), ours.replace(b"\n", b"\r\n") if both else ours, theirs)

    run(*paths, "memories/fact/a.md", tell=StringIO())

    assert Path(paths[1]).read_bytes().count(ends) == Path(paths[1]).read_bytes().count(b"\n")
    assert (b"\r" in Path(paths[1]).read_bytes()) is both


def written(folder: Path, *contents: bytes) -> tuple[str, str, str]:
    base, ours, theirs = paths = [folder / name for name in "OAB"]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return str(base), str(ours), str(theirs)


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        (b"---\ntitle: [x\n---\nText.\n", "their version cannot be read: line 2"),
        (b"---\nx: !!python/object\n---\nText.\n", "their version cannot be read: line 2: a tag of YAML"),
        (b"\xff\xfeText.\n", "their version is not UTF-8"),
        (render(OTHER, BASE).encode(), "the sides are different memories"),
        (b"x" * 200_001, "their version cannot be read: the text is longer than 200,000 characters"),
        (b"", "their version cannot be read: there is no text"),
    ],
)
def test_what_cannot_be_read_is_told_and_kept_between_marks(tmp_path: Path, theirs: bytes, why: str) -> None:
    paths, told = written(tmp_path, changed().encode(), changed(title="x").encode(), theirs), StringIO()

    code = run(*paths, "memories/fact/a.md", tell=told)
    result = Path(paths[1]).read_bytes()

    assert (code, told.getvalue()[: len(why) + 20]) == (1, f"memories/fact/a.md: {why}")
    assert told.getvalue().count("\n") == 1
    assert b"\n=======\n" in result
    assert all(line in result for text in (theirs, changed(title="x").encode()) for line in text.split(b"\n"))


def test_a_conflict_is_told_and_is_no_failure(tmp_path: Path) -> None:
    contents = (changed().encode(), changed(content="One.").encode(), changed(content="Two.").encode())
    told = StringIO()

    code = run(*written(tmp_path, *contents), "memories/fact/a.md", tell=told)

    assert (code, told.getvalue()) == (
        0,
        "memories/fact/a.md: both sides changed the text: both are kept. `ctx conflicts` tells more.\n",
    )


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = StringIO()

    code = run(str(tmp_path / "O"), str(tmp_path / "A"), str(tmp_path / "B"), "memories/fact/a.md", tell=told)

    assert (code, told.getvalue()) == (
        1,
        f"memories/fact/a.md: {tmp_path / 'O'}: No such file or directory: not merged.\n",
    )


def test_the_sides_must_be_readable() -> None:
    with pytest.raises(Invalid, match="our version cannot be read: line 1: the front matter has no end"):
        merge(None, "---\nx", changed())


def test_git_starts_it_quickly() -> None:
    code = (
        "import sys; import contextfs.local.merge; print(sorted({'sqlite3', 'subprocess', 'numpy'} & {*sys.modules}))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
