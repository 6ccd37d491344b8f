"""What is put into a TOML text and taken out again leaves it as it was."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.settings.toml_edit import Table
from contextfs.kit.errors import Invalid

OURS = Table(path=("mcp_servers", "contextfs"), values={"command": "C:\\ctx.exe", "args": ["mcp", 'a "b"']})
PARTS = [
    'model = "o3"\n',
    "# a note\n",
    '[mcp_servers.other]\ncommand = "x"\n',
    "[[profiles]]\nname = '[mcp_servers.contextfs2]'\n",
    "\n",
    '[mcp_servers.contextfsx]\ncommand = """\n[not a table]\n"""\n',
]

texts = st.lists(st.sampled_from(PARTS), unique=True).map(
    lambda parts: "".join(sorted(parts, key=lambda part: part.startswith("[")))
)


@given(texts)
def test_in_and_out_again_is_nothing(text: str) -> None:
    applied = OURS.apply(text)

    assert OURS.values == tomllib.loads(applied)["mcp_servers"]["contextfs"]
    assert applied == OURS.apply(applied)
    assert text == OURS.withdraw(applied, None)


def test_what_is_out_of_date_is_replaced_and_what_follows_stays() -> None:
    text = '[mcp_servers.contextfs]\ncommand = "old"\n\n[mcp_servers.contextfs.env]\nA = "b"\n\n[z]\na = 1\n'

    applied = OURS.apply(text)

    assert {"z": {"a": 1}, "mcp_servers": {"contextfs": OURS.values}} == tomllib.loads(applied)


def test_what_we_cannot_take_out_is_told() -> None:
    with pytest.raises(Invalid, match="take it out by hand"):
        OURS.withdraw('mcp_servers = { contextfs = { command = "x" } }\n', None)


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(Invalid, match="correct it first"):
        OURS.apply("[")
