"""What loads without a part of it has that part for who asks for it."""

import subprocess
import sys

import pytest

_LOAD = "from clients.cli.line import lean; lean.load(); import msgspec, uuid; from pathlib import Path;"


def said(code: str) -> str:
    """Give what code prints in an interpreter of its own, after msgspec was loaded so."""
    command = [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {_LOAD} {code}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("print(msgspec.json.schema(int))", "{'type': 'integer'}"),
        ("print(msgspec.inspect.type_info(int))", "IntType(gt=None, ge=None, lt=None, le=None, multiple_of=None)"),
        ("print(isinstance(msgspec.inspect.type_info(int), msgspec.inspect.IntType))", "True"),
        ("from msgspec import inspect; print(inspect.is_struct_type(int))", "False"),
        ("import msgspec.inspect as one; print(one is sys.modules['msgspec.inspect'])", "True"),
        ("print(msgspec.msgpack.decode(msgspec.msgpack.encode([1])))", "[1]"),
        ("print(msgspec.toml.decode(b'a = 1'))", "{'a': 1}"),
        ("import urllib.parse; print(urllib.parse.quote('a b'))", "a%20b"),
        ("print(Path('/a b').as_uri())", "file:///a%20b"),
        ("import platform; print(platform.system() == platform.uname().system)", "True"),
        ("print(uuid.uuid1().version)", "1"),
    ],
)  # fmt: skip
def test_what_was_left_out_is_there_when_it_is_asked_for(code: str, expected: str) -> None:
    assert expected == said(code)


def test_nothing_stands_in_for_anything_afterwards() -> None:
    names = (
        "('msgspec.inspect', 'msgspec._json_schema', 'msgspec.toml', 'platform', 'urllib.parse', 'typing_extensions')"
    )

    assert "[]" == said(f"print([name for name in {names} if name in sys.modules])")


def test_no_thread_that_imports_meanwhile_is_given_a_stand_in() -> None:
    code = """
import sys, threading
sys.path[:] = {path!r}
from clients.cli.line import lean
assert "urllib.parse" not in sys.modules
kept, is_over = [], False
def other():
    while not is_over:
        if "urllib.parse" in sys.modules:
            kept.append(type(sys.modules["urllib.parse"]).__name__)
watching = threading.Thread(target=other)
watching.start()
lean.load()
is_over = True
watching.join()
print({{*kept}} - {{"module"}})
"""
    command = [sys.executable, "-c", code.format(path=sys.path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    assert "set()" == told.stdout.strip()
