"""What is committed: our own words, pinned packages, no addresses of registries, nothing large."""

import re
import subprocess
import tomllib

from tests.house.source import ROOT

ADDRESS = re.compile(r"pytho[n]hosted|regist[r]y\.np[m]js|de[b]\.debia[n]|//py[p]i\.o[r]g|--[i]ndex-url")
LARGEST = 1_000_000


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for path in listed.splitlines() if (ROOT / path).is_file()]


def test_no_address_of_a_registry_is_committed() -> None:
    texts = {path: (ROOT / path).read_bytes().decode("utf-8", "replace") for path in tracked()}

    assert [path for path, text in texts.items() if ADDRESS.search(text)] == []


def test_nothing_large_is_committed() -> None:
    assert [path for path in tracked() if (ROOT / path).stat().st_size > LARGEST] == []


def test_no_lock_file_of_uv_is_committed() -> None:
    assert "uv.lock" not in tracked()


def test_every_package_is_pinned_by_hash() -> None:
    unpinned: list[str] = []
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-model.lock"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        unpinned += [line for line in lines if "==" not in line or "--hash=sha256:" not in line]

    assert unpinned == []


def test_every_dependency_has_an_upper_bound() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = told["project"]["optional-dependencies"].values()
    wanted = [*told["project"]["dependencies"], *(one for extra in extras for one in extra)]

    assert [one for one in wanted if "<" not in one] == []


def test_a_licence_is_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
