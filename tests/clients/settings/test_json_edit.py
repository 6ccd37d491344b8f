"""What is put into a JSON text and taken out again leaves it as it was."""

import json
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.settings.json_edit import All, Item, Member
from clients.settings.jsonc import parse
from contextfs.kit.errors import Invalid

VALUE: dict[str, Any] = {"command": "ctx", "args": ["mcp"], "env": {}}
SERVER = Member(path=("mcpServers", "contextfs"), value=VALUE)
HOOK = {"hooks": [{"type": "command", "command": "ctx hook claude-code Stop"}]}


def is_hook(value: Any) -> bool:
    return "ctx hook" in json.dumps(value)


ITEM = Item(path=("hooks", "Stop"), value=HOOK, is_ours=is_hook)
EDIT = All(edits=[SERVER, ITEM])

names = st.sampled_from(["mcpServers", "hooks", "Stop", "a", "b", "contextfs ", 'q"uote', "ü"])
plain = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["//", "/* */", "{", ","])
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=12
)
objects = st.dictionaries(names, values, min_size=1, max_size=4)
spaces = st.lists(
    st.sampled_from([" ", "\n", "\t", "\n  ", " // note\n", " /* a, b */ ", "\n    // }\n"]), max_size=2
).map("".join)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Write an object as people do: any spacing, comments, trailing commas, line ends."""

    def written(value: Any) -> str:
        if value and isinstance(value, dict):
            members = cast("dict[str, Any]", value).items()
            return parts([f"{space()}{json.dumps(key)}{space()}:{space()}{written(one)}" for key, one in members], "{}")
        if value and isinstance(value, list):
            return parts([space() + written(one) for one in cast("list[Any]", value)], "[]")
        return json.dumps(value)

    def parts(written: list[str], around: str) -> str:
        return f"{around[0]}{(space() + ',').join(written)}{trailing()}{space()}{around[1]}"

    def space() -> str:
        return draw(spaces)

    def trailing() -> str:
        return draw(st.sampled_from(["", "", ","]))

    text = f"{space()}{written(draw(objects))}{space()}"
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def fits(value: Any) -> bool:
    """Tell whether our lines have a place in a value."""
    servers, hooks = value.get("mcpServers", {}), value.get("hooks", {})
    return (
        isinstance(servers, dict)
        and "contextfs" not in servers
        and isinstance(hooks, dict)
        and isinstance(hooks.get("Stop", []), list)  # pyright: ignore[reportUnknownMemberType]
    )


@settings(max_examples=60, deadline=None)
@given(texts())
def test_in_and_out_again_is_nothing(text: str) -> None:
    if not fits(parse(text).value):
        with pytest.raises(Invalid, match="correct it first"):
            EDIT.apply(text)
        return
    applied = EDIT.apply(text)

    assert parse(applied).value["mcpServers"]["contextfs"] == VALUE
    assert parse(applied).value["hooks"]["Stop"][-1] == HOOK
    assert EDIT.apply(applied) == applied
    assert EDIT.withdraw(applied, text) == text


@settings(max_examples=60, deadline=None)
@given(texts())
def test_what_others_have_stays(text: str) -> None:
    if not fits(parse(text).value):
        return
    value = parse(text).value
    applied = parse(EDIT.apply(text)).value
    del applied["mcpServers"]["contextfs"]
    applied["hooks"]["Stop"].pop()

    assert applied == {"mcpServers": {}, **value, "hooks": {"Stop": [], **value.get("hooks", {})}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", '{\n  "mcpServers": {\n    "contextfs": 1\n  }\n}'),
        ("", '{\n  "mcpServers": {\n    "contextfs": 1\n  }\n}\n'),
        ('{\n\t"a": 1 // one\n}\n', '{\n\t"a": 1, // one\n\t"mcpServers": {\n\t\t"contextfs": 1\n\t}\n}\n'),
        ('{\n  "a": 1,\n}\n', '{\n  "a": 1,\n  "mcpServers": {\n    "contextfs": 1\n  },\n}\n'),
        ('{"mcpServers": {"x": 2}}', '{"mcpServers": {"x": 2, "contextfs": 1}}'),
    ],
)
def test_it_is_written_as_the_rest_is(text: str, expected: str) -> None:
    assert Member(path=("mcpServers", "contextfs"), value=1).apply(text) == expected


def test_what_others_added_behind_stays_when_ours_goes() -> None:
    applied = SERVER.apply('{\n  "mcpServers": {\n    "a": 1\n  }\n}\n')
    grown = Member(path=("mcpServers", "z"), value=2).apply(applied)

    assert SERVER.withdraw(grown, None) == '{\n  "mcpServers": {\n    "a": 1,\n    "z": 2\n  }\n}\n'


def test_a_value_of_ours_that_is_out_of_date_is_replaced() -> None:
    old = Member(path=SERVER.path, value={"command": "old"}).apply('{"a": 1}')
    older_hook = Item(path=ITEM.path, value={"command": "ctx hook old"}, is_ours=is_hook).apply(old)

    assert parse(EDIT.apply(older_hook)).value == parse(EDIT.apply('{"a": 1}')).value


@pytest.mark.parametrize(
    "text", ["{", '{"a": }', "[1 2]", '{"a": 1} x', '{"a": 1, "a": 2}', "{'a': 1}", "[" * 200, "[]"]
)
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="correct it first"):
        SERVER.apply(text)
