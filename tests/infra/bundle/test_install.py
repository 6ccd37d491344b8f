"""What lies in a bundle checks it, and refuses with a sentence before anything is installed."""

import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundle import install, writing

HERE = {"system": sys.platform, "machine": platform.machine(), "python": "{}.{}".format(*sys.version_info)}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Give a bundle that has everything but packages."""
    made = tmp_path / "bundle"
    (made / "wheels").mkdir(parents=True)
    (made / "wheels" / "some.whl").write_bytes(b"some")
    (made / "wheels" / "other.whl").write_bytes(b"other")
    facts = {"name": "contextfs-0", "wheel": "some.whl", "megabytes": 1, **HERE}
    (made / install.FACTS).write_text(json.dumps(facts))
    shutil.copyfile(install.__file__, made / "install.py")
    (made / install.SUMS).write_text(writing.sums(made))
    return made


def ran(bundle: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, str(bundle / "install.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def refused(bundle: Path, folder: Path) -> str:
    """Install, which must be refused, and give the sentence by which it was."""
    code, told = ran(bundle, str(folder))
    assert code == 1, told
    assert "Traceback" not in told
    return told.splitlines()[-1]


def facts(bundle: Path, **changed: object) -> None:
    told = json.loads((bundle / install.FACTS).read_text()) | changed
    (bundle / install.FACTS).write_text(json.dumps(told))
    (bundle / install.SUMS).write_text(writing.sums(bundle))


def test_a_bundle_as_it_was_made_is_whole_for_us_and_for_sha256sum(bundle: Path) -> None:
    theirs = subprocess.run(["sha256sum", "--check", "--quiet", install.SUMS], cwd=bundle, check=False)

    assert (0, "All 4 files are as they were made.\n") == ran(bundle, "--check")
    assert 0 == theirs.returncode


def test_a_changed_file_is_named(bundle: Path, tmp_path: Path) -> None:
    (bundle / "wheels" / "some.whl").write_bytes(b"sOme")

    told = refused(bundle, tmp_path / "installed")

    assert told.startswith("wheels/some.whl is not as it was made: copy the bundle again")
    assert not (tmp_path / "installed").exists()


def test_missing_files_are_named_and_counted(bundle: Path, tmp_path: Path) -> None:
    shutil.rmtree(bundle / "wheels")

    assert "wheels/other.whl is missing, and 1 more: " in refused(bundle, tmp_path / "installed")


@pytest.mark.parametrize("sums", [None, "", "no sums at all\n", "\xff"], ids=["none", "empty", "text", "bytes"])
def test_sums_that_are_none_are_refused(sums: str | None, bundle: Path, tmp_path: Path) -> None:
    (bundle / install.SUMS).unlink()
    if sums is not None:
        (bundle / install.SUMS).write_bytes(sums.encode("latin-1"))

    assert "copy the bundle again." in refused(bundle, tmp_path / "installed")


@pytest.mark.parametrize("other", [{"python": "3.99"}, {"machine": "vax"}, {"system": "plan9"}], ids=str)
def test_another_machine_than_it_was_made_for_is_refused(other: dict[str, str], bundle: Path, tmp_path: Path) -> None:
    facts(bundle, **other)

    told = refused(bundle, tmp_path / "installed")

    assert told.startswith("This bundle is for ")
    assert next(iter(other.values())) in told


def test_a_disk_without_room_is_refused(bundle: Path, tmp_path: Path) -> None:
    facts(bundle, megabytes=10**9)

    assert "1000000000 MB are needed" in refused(bundle, tmp_path / "deep" / "installed")


def test_a_folder_with_something_in_it_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / "mine").write_text("kept")

    assert "is not empty" in refused(bundle, tmp_path / "installed")
    assert ["mine"] == [file.name for file in (tmp_path / "installed").iterdir()]


@pytest.mark.parametrize("arguments", [(), ("--force",), ("a", "b")], ids=str)
def test_another_command_line_is_told_the_right_one(arguments: tuple[str, ...], bundle: Path) -> None:
    code, told = ran(bundle, *arguments)

    assert (2, True) == (code, told.startswith("usage: "))
