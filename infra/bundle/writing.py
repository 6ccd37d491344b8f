"""Writes a bundle: whole, or not at all."""

import json
import shutil
import tomllib
from pathlib import Path
from string import Template
from tempfile import mkdtemp

from infra.bundle import gathering, install
from infra.bundle.gathering import ROOT
from infra.bundle.refusal import Refused
from infra.bundle.target import PLATFORMS, Target

_HERE = Path(__file__).parent
NEEDED = 1_500
"""Megabytes of a bundle with an image, at the most."""


def write(target: Target, into: Path, *, model: Path, image: str = "build") -> Path:
    """Write the bundle of this checkout for a target into a folder, and give its place; Refused says why there is none.

    `model` is the file of the embedding model, made anew where it is not; `image` is `build`, `none`, or an archive.
    """
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    name = f"contextfs-{version}"
    bundle = into / f"{name}-{target.name}"
    if bundle.exists():
        raise Refused(f"{bundle} is there already: remove it, or name another folder.")
    try:
        into.mkdir(parents=True, exist_ok=True)
        _has_room(into)
        made = Path(mkdtemp(dir=into, prefix=f".{bundle.name}."))
        try:
            _fill(made, target, name=name, model=model, image=image)
            made.chmod(0o755)
            made.rename(bundle)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise Refused(f"The bundle cannot be written to {into}: {error.strerror or error}.") from error
    return bundle


def _has_room(folder: Path) -> None:
    try:
        install.room(folder, NEEDED)
    except install.Refused as refused:
        raise Refused(str(refused)) from refused


def _fill(bundle: Path, target: Target, *, name: str, model: Path, image: str) -> None:
    wheels = bundle / install.WHEELS
    wheels.mkdir()
    shutil.copyfile(ROOT / install.LOCK, bundle / install.LOCK)
    gathering.model(model, bundle / install.MODELS)
    wheel = gathering.own_wheel(wheels)
    gathering.packages(ROOT / install.LOCK, target, wheels)
    gathering.texts(bundle)
    archive = gathering.image(image, target, bundle / "image", name)
    system, machine = PLATFORMS[target.platform]
    facts = {"name": name, "system": system, "machine": machine, "python": target.python, "wheel": wheel}
    facts |= {"megabytes": gathering.installed_megabytes(bundle)}
    (bundle / install.FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(_HERE / "install.py", bundle / "install.py")
    told = Template((_HERE / "INSTALL.md").read_text(encoding="utf-8"))
    (bundle / "INSTALL.md").write_text(told.substitute(facts, image=_of_image(archive, name)), encoding="utf-8")
    (bundle / install.SUMS).write_text(sums(bundle), encoding="utf-8")


def sums(bundle: Path) -> str:
    """Give the checksum of every file below a folder, as `sha256sum --check` reads them."""
    files = sorted(file for file in bundle.rglob("*") if file.is_file() and file != bundle / install.SUMS)
    return "".join(f"{install.digest(file)}  {file.relative_to(bundle).as_posix()}\n" for file in files)


def _of_image(archive: str | None, name: str) -> str:
    if archive is None:
        return """\
This bundle brings no image. Build it by `infra/selfhost/Dockerfile` where a network is, write it to a file by
`docker save`, and load that into a registry inside."""
    image, _, version = name.partition("-")
    return f"""\
    docker load --input image/{archive}
    docker tag {image}:{version} registry.example.org/{image}:{version}
    docker push registry.example.org/{image}:{version}
    kubectl create secret generic contextfs --from-env-file=contextfs.env
    helm upgrade --install memory chart --wait --timeout 15m \\
      --set image.repository=registry.example.org/{image},image.tag={version} \\
      --set secret=contextfs,owner.email=owner@example.org"""
