"""What was flushed is on the disk, with the names that lead to it, on each system and file system as it wants it."""

import os
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from contextfs.client.login import credentials
from contextfs.kit import durable

fcntl = pytest.importorskip("fcntl", reason="Windows flushes names by itself")
NOBODY = 65534


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what is flushed, by its path."""
    noted: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        noted.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return noted


@pytest.fixture
def drop_box() -> Generator[Path]:
    """Give a folder that who runs may write in and not read."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o333)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            folder.chmod(0o700)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="paths of open files are those of Linux")
def test_a_folder_s_name_is_flushed_whoever_made_it(tmp_path: Path, flushed: list[str]) -> None:
    (tmp_path / "store/memories/fact").mkdir(parents=True)

    durable.make_folder(tmp_path / "store/memories/fact", within=tmp_path / "store")

    assert flushed == [str(tmp_path / "store/memories"), str(tmp_path / "store"), str(tmp_path)]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="paths of open files are those of Linux")
def test_folders_above_are_made_and_flushed_where_they_are_missing(tmp_path: Path, flushed: list[str]) -> None:
    durable.make_folder(tmp_path / "a/b/c", within=tmp_path / "a/b/c")

    assert (tmp_path / "a/b/c").is_dir()
    assert flushed == [str(tmp_path / "a/b"), str(tmp_path / "a"), str(tmp_path)]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="paths of open files are those of Linux")
def test_a_key_is_kept_with_the_name_of_its_file(tmp_path: Path, flushed: list[str]) -> None:
    environment = {"CONTEXTFS_HOME": str(tmp_path), "CONTEXTFS_KEYRING": "off"}

    credentials.keep(environment, "https://example.org", "a key")

    assert flushed[-1] == str(tmp_path)


def test_a_folder_is_made_where_one_may_write_and_not_read(drop_box: Path) -> None:
    durable.make_folder(drop_box / "new", within=drop_box)

    assert (drop_box / "new").is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="a file system that flushes no folder is at hand on Linux alone")
def test_a_file_system_that_flushes_no_folder_is_no_error() -> None:
    durable.flush_folders([Path("/proc")])


def test_on_macos_the_cache_of_the_drive_is_emptied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def ask(_: int, what: int) -> None:
        asked.append(what)

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", ask)

    durable.flush_folders([tmp_path / "..", tmp_path])

    assert asked == [51]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="paths of open files are those of Linux")
def test_on_macos_a_disk_that_refuses_is_flushed_as_usual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flushed: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)  # Linux knows no such call, as disks of a network

    durable.flush_folders([tmp_path])

    assert flushed == [str(tmp_path)]
