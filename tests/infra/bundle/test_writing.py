"""A bundle is written whole or not at all, and installs where there is no network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contextfs.adapters.embedders.minilm.build import fetch
from infra.bundle import writing
from infra.bundle.__main__ import main
from infra.bundle.refusal import Refused
from infra.bundle.target import Target, of_this_machine
from tests.contextfs.runtime.processes import free_port

UNSHARE = ["unshare", "--map-root-user", "--net"]


def write(into: Path, *, model: Path | None = None, image: str = "none") -> Path:
    return writing.write(Target("linux-x86_64", "3.12"), into, model=model or into / "none.bin", image=image)


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip find no package anywhere."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")


def test_without_a_model_and_a_network_there_is_no_bundle(no_index: None, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"There is no embedding model to bundle \(.*none\.bin\), and none could be made"):
        write(tmp_path)

    assert [] == list(tmp_path.iterdir())


def test_what_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    there = tmp_path / "contextfs-0.1.0-linux-x86_64-py312"
    there.mkdir()

    with pytest.raises(Refused, match="is there already: remove it, or name another folder"):
        write(tmp_path)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Refused, match=r"The bundle cannot be written to .*file/below: Not a directory"):
        write(tmp_path / "file" / "below")


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "NEEDED", 10**9)

    with pytest.raises(Refused, match="1000000000 MB are needed"):
        write(tmp_path)


def test_what_cannot_be_asked_for_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--to", str(tmp_path), "--platform", "vax", "--python", "3.12", "--image", "none"])

    assert (1, "No bundle can be made for 'vax': choose linux-x86_64, linux-aarch64, macos-arm64.\n") == (
        code,
        capsys.readouterr().err,
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="networks of one's own are Linux's")
def test_a_bundle_installs_starts_stores_and_finds_without_a_network(tmp_path: Path) -> None:
    model = tmp_path / "model.bin"
    fetch(model)
    archive = tmp_path / "image.tar"
    archive.write_bytes(b"an image")
    bundle = writing.write(of_this_machine(), tmp_path / "dist", model=model, image=str(archive))
    inside = [sys.executable, str(Path(__file__).with_name("inside.py"))]
    folder = tmp_path / "machine"
    folder.mkdir()

    done = subprocess.run(
        [*UNSHARE, *inside, str(bundle), str(folder), str(free_port())], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    found = json.loads(told["found"])
    assert ("", "") == (told["routes"], told["sums"])
    assert "We deploy on Thursdays." in told["found"]
    assert not found.get("degraded"), found  # the model is there, and compares meanings
    assert "docker load --input image/contextfs-0.1.0.tar" in (bundle / "INSTALL.md").read_text()
