"""The SDK's names: each is there, and none is loaded before it is asked for."""

import subprocess
import sys

import pytest

import contextfs.client

_LOADED = """
import sys
from contextfs.client import ContextFS
client = ContextFS("http://127.0.0.1:9", "ctxk_test")
client.memories
print(*sorted(name for name in sys.modules if name.startswith("contextfs.client.")))
"""


@pytest.mark.parametrize("name", contextfs.client.__all__)
def test_each_name_is_there(name: str) -> None:
    assert getattr(contextfs.client, name).__name__ == name or name == "Mapping"


def test_the_names_are_told() -> None:
    assert contextfs.client.__all__ == dir(contextfs.client)
    assert {"memories", "search", "close"} <= set(dir(contextfs.client.ContextFS("http://127.0.0.1:9", "ctxk_test")))


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        getattr(contextfs.client, "Nothing")  # noqa: B009 - a type checker would tell first
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(contextfs.client.ContextFS("http://127.0.0.1:9", "ctxk_test"), "nothing")  # noqa: B009 - as above


def test_a_part_is_loaded_when_it_is_asked_for() -> None:
    told = subprocess.run([sys.executable, "-c", _LOADED], check=True, capture_output=True, text=True).stdout.split()

    assert "contextfs.client.resources.memories" in told
    assert not {"contextfs.client.resources.sso", "contextfs.client.resources.search"} & set(told)
    assert not [name for name in told if ".recording" in name]
