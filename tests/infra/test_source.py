"""What goes into the cloud from this checkout."""

from typing import Any

import pytest

from infra.config import of_project, read
from infra.plan import plan
from infra.preview import stack_file
from tests.infra.conftest import PULUMI

pytestmark = PULUMI
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


def test_an_archive_is_named_by_what_is_in_it() -> None:
    assert source.digest({"a": "1"}) == source.digest({"a": "1"})
    assert len({source.digest({"a": "1"}), source.digest({"a": "2"}), source.digest({"b": "1"})}) == 3


@pytest.mark.parametrize("stack", stack_file.names())
def test_variables_are_named_as_settings_are(stack: str) -> None:
    made = plan(read(of_project(stack_file.values(stack))))
    names = {name for workload in made.workloads for name in made.secret_variables(workload)}

    assert {"CONTEXTFS_DATABASE_URL", "CONTEXTFS_KEY_PEPPER", "CONTEXTFS_REDACTION_KEY"} <= names
