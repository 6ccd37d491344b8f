"""Ids are the same whoever hashes: they are compared between machines for ever."""

import hashlib
import os
import subprocess
import sys
from types import ModuleType

import pytest

from contextfs.kit.sha256 import sha256

_TOLD = (
    "import sys; from contextfs.kit.sha256 import sha256; print(sha256(sys.argv[1].encode()).hexdigest());"
    "print('hashlib' in sys.modules)"
)


@pytest.mark.parametrize("text", ["", "é", "x" * 10_000])
def test_by_itself_it_gives_what_openssl_gives(text: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-S", "-c", _TOLD, text],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert [hashlib.sha256(text.encode()).hexdigest(), "False"] == ended.stdout.split()


def test_where_openssl_is_loaded_it_hashes() -> None:
    assert type(hashlib.sha256(b"")) is type(sha256(b""))


def test_while_another_thread_loads_openssl_it_hashes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hashlib", ModuleType("hashlib"))

    assert hashlib.sha256(b"x").hexdigest() == sha256(b"x").hexdigest()
