"""What is read of settings without loading a reader of all of TOML is what that reader would have said."""

import tomllib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.local.config import ProjectNamed, fresh
from contextfs.local.toml_plain import plain

_NAMES = st.sampled_from(["a", "share", "format", "x-1", "a.b", '"a"', "", "é", "0", "_"])
_VALUES = st.sampled_from(
    [
        *("true", "false", "True", "0", "1", "01", "+1", "-1", "1_000", "1.5", "9" * 18, "9" * 19, "٣", "2026-11-29"),
        *(
            '""',
            '"é"',
            '"a # b"',
            '"a = b"',
            '"a"b"',
            r'"a\tb"',
            '"',
            '"""a"""',
            "'a'",
            '"a" # b',
            '"a\tb"',
            '"a\x00b"',
        ),
        *("[1]", "{ a = 1 }", "", "inf"),
    ]
)
_LINES = st.one_of(
    st.builds("{} = {}".format, _NAMES, _VALUES),
    st.builds("\t{}={} ".format, _NAMES, _VALUES),
    st.builds("[{}]".format, _NAMES),
    st.sampled_from(
        ["", " \t", "# said [a]", "#\x7f", "[[a]]", "[ a ]", "[a] # b", "a", "[a", "a]", "\r", "\ufeff", "\u2028"]
    ),
    st.text(max_size=6),
)


@given(lines=st.lists(_LINES, max_size=6))
def test_it_says_what_tomllib_says_or_nothing(lines: list[str]) -> None:
    text = "\n".join(lines)

    found = plain(text)

    assert found is None or repr(tomllib.loads(text)) == repr(found)


def test_the_settings_of_a_new_store_are_plain() -> None:
    text = fresh(ProjectNamed(id=UUID(int=7), name="Ann’s #1 = best"))

    assert plain(text) == tomllib.loads(text)


@pytest.mark.parametrize("name", ["tab\there", 'quo"te', "back\\slash", "bell\x07"])
def test_a_name_that_is_written_with_escapes_is_left_to_tomllib(name: str) -> None:
    assert plain(fresh(ProjectNamed(id=UUID(int=7), name=name))) is None
