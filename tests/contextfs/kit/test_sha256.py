"""Ids are the same whoever hashes: they are compared between machines for ever."""

import hashlib
import os
import subprocess
import sys

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
