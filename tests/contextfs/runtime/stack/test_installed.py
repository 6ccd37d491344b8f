"""What is installed is known again by sizes and times of files, and by names and versions of libraries."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contextfs.runtime.stack.installed import fingerprint, sources


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Give a small package."""
    folder = tmp_path / "package"
    (folder / "room").mkdir(parents=True)
    for number, name in enumerate(("__init__.py", "room/store.py", "room/postgres.sql")):
        (folder / name).write_text("once\n", encoding="utf-8")
        os.utime(folder / name, ns=(number, number))
    return folder


def _edit(folder: Path) -> None:
    seen = (folder / "room/store.py").stat()
    (folder / "room/store.py").write_text("then\n", encoding="utf-8")
    os.utime(folder / "room/store.py", ns=(seen.st_atime_ns, seen.st_mtime_ns + 1))


def _append_to_sql(folder: Path) -> None:
    file = folder / "room/postgres.sql"
    seen = file.stat()
    file.write_text("once more\n", encoding="utf-8")
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def _remove(folder: Path) -> None:
    (folder / "room/store.py").unlink()


def _compile(folder: Path) -> None:
    (folder / "room/__pycache__").mkdir()
    (folder / "room/__pycache__/store.py").write_text("", encoding="utf-8")


def _swap(folder: Path) -> None:
    """Let two files of one size and time have each other's name."""
    first, second, aside = folder / "__init__.py", folder / "room/store.py", folder / "aside"
    first.rename(aside)
    second.rename(first)
    aside.rename(second)


@pytest.mark.parametrize("change", [_edit, _append_to_sql, _remove, _swap])
def test_whatever_changes_in_a_source_is_seen(change: Callable[[Path], None], package: Path) -> None:
    before = sources(package)

    change(package)

    assert sources(package) != before


def test_what_python_makes_of_a_source_is_not(package: Path) -> None:
    before = sources(package)

    _compile(package)

    assert sources(package) == before


def test_a_link_to_nothing_is_no_source(package: Path) -> None:
    before = sources(package)

    (package / "room/.#store.py").symlink_to("somebody@here.1234")

    assert sources(package) == before


def test_another_python_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(tmp_path / "none.bin")

    monkeypatch.setattr(sys, "version", "3.99.0 (main)")

    assert fingerprint(tmp_path / "none.bin") != before


def test_another_model_is_seen(tmp_path: Path) -> None:
    model = tmp_path / "model.bin"
    without = fingerprint(model)
    model.write_bytes(b"weights")

    assert fingerprint(model) != without
    assert fingerprint(tmp_path / "none.bin") == without


def test_another_version_of_a_library_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "contextfs_platform-0.1.0.dist-info"
    needs = "Requires-Dist: starlette<2,>=1.0; extra == 'server'\nRequires-Dist: boto3<2; extra == 'aws'\n"
    own.mkdir()
    (own / "METADATA").write_text(f"Metadata-Version: 2.1\nName: contextfs-platform\nVersion: 0.1.0\n{needs}")
    (tmp_path / "starlette-1.0.0.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    before = fingerprint(tmp_path / "none.bin")

    (tmp_path / "boto3-1.43.0.dist-info").mkdir()
    (tmp_path / "anything-2.dist-info").mkdir()
    assert fingerprint(tmp_path / "none.bin") == before

    (tmp_path / "starlette-1.0.0.dist-info").rename(tmp_path / "starlette-1.0.1.dist-info")
    assert fingerprint(tmp_path / "none.bin") != before
