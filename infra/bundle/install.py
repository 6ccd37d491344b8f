"""Checks this bundle, and installs ContextFS from it with no network: `python3 install.py FOLDER` (or `--check`).

Lies in a bundle beside what it installs, and needs nothing but Python.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

SUMS = "SHA256SUMS"
FACTS = "bundle.json"
MODELS = "models"
WHEELS = "wheels"
LOCK = "requirements.lock"

_BLOCK = 1 << 20


class Refused(Exception):
    """Nothing was installed; the message says why, and the cure."""


def main(arguments: list[str]) -> int:
    """Check and install; 0 done, 1 refused, 2 called wrong."""
    here = Path(__file__).resolve().parent
    if len(arguments) != 1 or (arguments[0].startswith("-") and arguments[0] != "--check"):
        sys.stderr.write(f"usage: python3 {here / 'install.py'} FOLDER | --check\n")
        return 2
    try:
        names = check(here)
        sys.stdout.write(f"All {len(names)} files are as they were made.\n")
        if arguments[0] != "--check":
            _install(here, Path(arguments[0]).expanduser().resolve())
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


def digest(file: Path) -> str:
    """Give the sha256 of a file, in hexadecimal digits."""
    told = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            told.update(block)
    return told.hexdigest()


def check(bundle: Path) -> list[str]:
    """Compare every file with its checksum, and name them; Refused names those that are gone or were changed."""
    try:
        lines = (bundle / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise Refused(f"{bundle / SUMS} cannot be read, so nothing can be checked: copy the bundle again.") from error
    sums = {name: told for told, _, name in (line.partition("  ") for line in lines)}
    if not sums or not all(sums):
        raise Refused(f"{bundle / SUMS} is not a list of checksums: copy the bundle again.")
    gone = [name for name in sums if not (bundle / name).is_file()]
    changed = [name for name in sums if name not in gone and digest(bundle / name) != sums[name]]
    for what, names in (("missing", gone), ("not as it was made", changed)):
        if names:
            more = f", and {len(names) - 1} more" if len(names) > 1 else ""
            raise Refused(
                f"{names[0]} is {what}{more}: copy the bundle again, and compare its {SUMS} with its maker's."
            )
    return list(sums)


def suits(facts: dict[str, str]) -> None:
    """Refuse another machine, or another Python, than the bundle was made for."""
    here = (sys.platform, platform.machine(), "{}.{}".format(*sys.version_info))
    made_for = (facts["system"], facts["machine"], facts["python"])
    if here != made_for:
        raise Refused(
            "This bundle is for {} on {} with Python {}, and this is {} on {} with Python {}: ".format(*made_for, *here)
            + f"run it by python{facts['python']}, or make a bundle for this machine."
        )


def room(folder: Path, megabytes: int) -> None:
    """Refuse a disk without room for what comes into a folder, which may not exist yet."""
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(there).free // 1_000_000
    if free < megabytes:
        raise Refused(f"{there} has {free} MB free, and {megabytes} MB are needed: make room, or name another folder.")


def _install(bundle: Path, folder: Path) -> None:
    facts = json.loads((bundle / FACTS).read_text(encoding="utf-8"))
    suits(facts)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is not empty: name a new folder, or remove it first.")
    room(folder, facts["megabytes"])
    _run([sys.executable, "-m", "venv", str(folder)], "No environment could be made (Debian: apt install python3-venv)")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-index", "--no-cache-dir"]
    wheels = bundle / WHEELS
    for what in (["--find-links", str(wheels), "--require-hashes", "-r", str(bundle / LOCK)], ["--no-deps"]):
        named = [str(wheels / facts["wheel"])] if what == ["--no-deps"] else []
        _run([*pip, *what, *named], "pip could not install")
    model = _put_model(bundle / MODELS)
    sys.stdout.write(f"Installed {facts['name']} in {folder}, and {model}. Start it: {folder / 'bin' / 'ctx'} up\n")


def _put_model(models: Path) -> Path:
    """Lay the embedding model where ContextFS looks for it."""
    home = Path(os.environ.get("CONTEXTFS_HOME") or Path.home() / ".contextfs") / MODELS
    (file,) = models.iterdir()
    target = home / file.name
    if not target.is_file() or digest(target) != digest(file):
        try:
            home.mkdir(parents=True, exist_ok=True)
            partial = home / f".{file.name}.partial"
            shutil.copyfile(file, partial)
            partial.replace(target)
        except OSError as error:
            raise Refused(
                f"The model cannot be laid into {home}: {error.strerror}. CONTEXTFS_HOME moves it."
            ) from error
    return target


def _run(command: list[str], otherwise: str) -> None:
    """Run a program that reads no settings of pip: none of them can send it to a network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment = {**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())[-400:]
        raise Refused(f"{otherwise}: {said}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
