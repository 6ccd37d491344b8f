"""What goes into the cloud from this checkout."""

import re
import subprocess
import sys
from importlib import metadata
from typing import Any

import pytest
from packaging.requirements import Requirement

from functions.manifest import SCHEDULES, TRIGGERS
from infra.config import of_project, read
from infra.plan import plan
from infra.preview import stack_file
from tests.infra.conftest import PULUMI

pytestmark = PULUMI
OURS = "contextfs-platform"
source = pytest.importorskip("infra.kit.source", reason="Pulumi's packages are not installed")


def test_an_archive_of_functions_holds_what_a_function_needs_to_start() -> None:
    files = source.function_files()

    assert {"main.py", "requirements.txt", "constraints.txt", "functions/manifest/__init__.py"} <= set(files)
    assert "contextfs/domain/search/postgres.sql" in files
    assert "functions/triggers/index_memory.py" in files
    assert not any("__pycache__" in place or place.startswith(("tests", "clients", "infra")) for place in files)


def test_every_requirement_of_a_function_is_pinned() -> None:
    files: dict[str, Any] = source.function_files()
    wanted = [
        line.split(">=")[0].split("[")[0].replace(".", "-") for line in files["requirements.txt"].splitlines()[1:]
    ]
    pinned = {line.split("==")[0] for line in files["constraints.txt"].splitlines()}

    assert "functions-framework" in wanted
    assert [name for name in wanted if name not in pinned] == []


def packages(lines: list[str]) -> set[str]:
    """Name what pip installs for requirements, with all that these need."""
    waiting, found = [Requirement(line) for line in lines], set[tuple[str, str]]()
    while waiting:
        one = waiting.pop()
        for extra in one.extras or {""}:
            if (one.name, extra) not in found:
                found.add((one.name, extra))
                needed = map(Requirement, metadata.requires(one.name) or ())
                waiting += [more for more in needed if more.marker is None or more.marker.evaluate({"extra": extra})]
    return {_plain(name) for name, _ in found}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


LOADING = """
import sys
from importlib import import_module

refused, functions, modules = (line.split() for line in sys.stdin.read().split("|"))

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in refused:
            raise ModuleNotFoundError(f"the archive asks for no package that has {name}")

sys.meta_path.insert(0, Refusing())
for name in (*functions, *modules):
    import_module(name)
"""


def test_a_function_loads_with_what_its_archive_asks_for_alone() -> None:
    """What develops has more: here all of that is refused, as where pip installed the archive's requirements."""
    files: dict[str, Any] = source.function_files()
    there = packages(files["requirements.txt"].splitlines()[1:])
    of_modules = metadata.packages_distributions()
    refused = [top for top, names in of_modules.items() if not {_plain(name) for name in names} & {*there, OURS}]
    rows = (*TRIGGERS, *SCHEDULES)
    functions = [f"functions.{row.name}" for row in rows if row.size == "small"]
    # The hosts, and what the settings of an installation choose for a consumer: its cache, its bus, files, secrets.
    modules = ["contextfs.runtime.gcp", "contextfs.adapters.limits.redis", "contextfs.runtime.telemetry"]
    modules += [f"contextfs.adapters.clouds.gcp.{name}" for name in ("bus", "blobs", "secrets")]

    told = " | ".join(map(" ".join, (refused, functions, modules)))
    loaded = subprocess.run([sys.executable, "-c", LOADING], input=told, text=True, capture_output=True, check=False)

    assert len(functions) > 10
    assert (loaded.returncode, loaded.stderr) == (0, "")


def test_an_archive_is_named_by_what_is_in_it() -> None:
    assert source.digest({"a": "1"}) == source.digest({"a": "1"})
    assert len({source.digest({"a": "1"}), source.digest({"a": "2"}), source.digest({"b": "1"})}) == 3


@pytest.mark.parametrize("stack", stack_file.names())
def test_variables_are_named_as_settings_are(stack: str) -> None:
    made = plan(read(of_project(stack_file.values(stack))))
    names = {name for workload in made.workloads for name in made.secret_variables(workload)}

    assert {"CONTEXTFS_DATABASE_URL", "CONTEXTFS_KEY_PEPPER", "CONTEXTFS_REDACTION_KEY"} <= names


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ("1.dkr.ecr.us-east-1.amazonaws.com/ctx:latest@sha256:0a", "1.dkr.ecr.us-east-1.amazonaws.com/ctx@sha256:0a"),
        ("registry.example:5000/ctx/api:1@sha256:0a", "registry.example:5000/ctx/api@sha256:0a"),
        ("registry.example:5000/ctx@sha256:0a", "registry.example:5000/ctx@sha256:0a"),
    ],
)
def test_an_image_is_named_by_its_digest_alone(told: str, named: str) -> None:
    assert source.by_digest(told) == named
