"""Gathers what lies in a bundle, each part by the program that makes it elsewhere: pip, buildah, …"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.bundle.refusal import Refused
from infra.bundle.target import Target, wanted

ROOT = Path(__file__).parent.parent.parent
MODEL = "all-MiniLM-L6-v2.int8.bin"
CHART = "infra/selfhost/chart"
BUILDING = 8_000
"""Megabytes that building an image takes on the way: the stages, each a copy."""


def packages(lock: Path, target: Target, wheels: Path) -> None:
    """Download the wheel of every package that the target installs, by its hash."""
    with TemporaryDirectory(prefix="contextfs-bundle-") as made:
        asked = Path(made) / "requirements.txt"
        asked.write_text(wanted(lock.read_text(encoding="utf-8"), target), encoding="utf-8")
        options = ["--no-deps", "--require-hashes", *target.for_pip(), f"--dest={wheels}", f"--requirement={asked}"]
        _pip("download", *options, otherwise=f"Not every package of {lock.name} could be had for {target.name}")


def own_wheel(wheels: Path) -> str:
    """Build this checkout's wheel, and give its name."""
    with TemporaryDirectory(prefix="contextfs-bundle-") as made:
        asked = ("--no-deps", "--no-build-isolation", f"--wheel-dir={made}", str(ROOT))
        _pip("wheel", *asked, otherwise="This checkout's wheel could not be built")
        (wheel,) = Path(made).glob("*.whl")
        shutil.move(wheel, wheels / wheel.name)
        return wheel.name


def model(given: Path, models: Path) -> None:
    """Copy the embedding model; it is made anew where it is missing, or is not the one that search asks for."""
    models.mkdir()
    if given.is_file():
        shutil.copyfile(given, models / MODEL)
    builder = [sys.executable, "-m", "contextfs.adapters.embedders.minilm.build", str(models / MODEL)]
    done = subprocess.run(builder, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode != 0:
        raise Refused(f"There is no embedding model to bundle ({given}), and none could be made: {done.stderr.strip()}")


def image(asked: str, target: Target, folder: Path, name: str) -> str | None:
    """Lay the image's archive into a folder, and give its name: `build` it, take a file, or `none`.

    Without buildah, or for another processor than this one's, nothing can be built: the answer is None, as for `none`.
    """
    if asked == "none" or (asked == "build" and not_built(target) is not None):
        return None
    folder.mkdir()
    archive = folder / f"{name}.tar"
    if asked != "build":
        if not Path(asked).is_file():
            raise Refused(f"There is no archive of an image at {asked}: make one by `docker save`, or say `none`.")
        shutil.copyfile(asked, archive)
        return archive.name
    from infra.image.building import Failed, Image  # noqa: PLC0415 - with it comes Pulumi, for the recipe's place

    with TemporaryDirectory(prefix="contextfs-image-") as made:
        if (free := shutil.disk_usage(made).free // 1_000_000) < BUILDING:
            raise Refused(f"{made} has {free} MB free, and an image takes {BUILDING} to build: move it by TMPDIR.")
        try:
            built = Image(Path(made))
            built.build()
            built.save(archive, f"contextfs:{name.removeprefix('contextfs-')}")
            built.drop()
        except Failed as failed:
            raise Refused(f"The image could not be built: {failed} Without one, say `none`.") from failed
    return archive.name


def not_built(target: Target) -> str | None:
    """Say why no image can be built here; None when it can be."""
    if target.platform.partition("-")[2] != os.uname().machine:
        return f"this machine is not {target.platform}"
    from infra.image.building import lacking  # noqa: PLC0415 - as above

    return lacking()


def texts(bundle: Path) -> None:
    """Copy the chart and the guides."""
    shutil.copytree(ROOT / CHART, bundle / "chart")
    shutil.copytree(ROOT / "docs", bundle / "docs")


def installed_megabytes(bundle: Path) -> int:
    """Tell how much room an installation takes: what is in the wheels, its compiled modules, the model."""
    unpacked = 0
    for file in (bundle / "wheels").glob("*.whl"):
        with zipfile.ZipFile(file) as wheel:
            unpacked += sum(info.file_size * (2 if info.filename.endswith(".py") else 1) for info in wheel.infolist())
    return (unpacked + sum(file.stat().st_size for file in (bundle / "models").iterdir())) // 1_000_000 + 50


def _pip(*arguments: str, otherwise: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if done.returncode != 0:
        raise Refused(f"{otherwise}: {' '.join(done.stderr.split())[-400:]}")
