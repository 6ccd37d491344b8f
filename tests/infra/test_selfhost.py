"""A server of one's own: the compose file and the image's recipe fit the program that they run."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from contextfs.kit.settings import PREFIX, Settings
from contextfs.runtime import job
from infra.config import Config
from infra.plan import plan
from tests.house.source import ROOT

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")

FOLDER = ROOT / "infra" / "selfhost"
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__} | {
    job.OWNER,
    job.VARIABLE,
    job.CREATE,
    job.FOUNDING_SECRET,
    job.FOUNDING_EMAIL,
    job.FOUNDING_ORGANIZATION,
}
RUNS = ("gateway", "relay", "worker")


def compose() -> dict[str, Any]:
    return yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))


def ours() -> dict[str, Any]:
    return {name: one for name, one in compose()["services"].items() if one["image"].startswith("contextfs")}


@pytest.mark.parametrize("name", ["migrate", "gateway", "relay", "worker", "migrate-post", "graphs"])
def test_a_program_of_ours_has_few_rights_and_known_settings(name: str) -> None:
    service = ours()[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert set(service["environment"]) <= KNOWN


def test_nothing_starts_before_its_schema_is_there() -> None:
    waits = {name: service["depends_on"]["migrate"]["condition"] for name, service in ours().items() if name in RUNS}

    assert waits == dict.fromkeys(RUNS, "service_completed_successfully")


def test_what_comes_after_a_roll_waits_until_the_programs_of_before_are_gone() -> None:
    """Compose begins a service anew when all that it depends on was begun anew, and runs as it should."""
    last, graphs = ours()["migrate-post"], ours()["graphs"]
    commands = {name: " ".join(service["command"]) for name, service in ours().items()}

    assert [name for name, command in commands.items() if "migrate-post" in command] == ["migrate-post"]
    assert set(last["depends_on"]) == set(RUNS)
    assert last["depends_on"]["gateway"]["condition"] == "service_healthy"
    assert graphs["depends_on"] == {"migrate-post": {"condition": "service_completed_successfully"}}


@pytest.mark.parametrize("name", ["migrate", "migrate-post"])
@pytest.mark.parametrize(("refused", "ends", "turns"), [(0, 0, 1), (2, 0, 3), (99, 1, 6)])
def test_a_migration_is_tried_a_few_times_and_its_end_says_so(
    name: str, refused: int, ends: int, turns: int, tmp_path: Path
) -> None:
    """Whoever waits for it (`up --wait`) is told; a container that tried for ever would be taken for one that runs."""
    asked = f'echo "$3" >> asked; [ "$(grep -c migrate asked)" -gt {refused} ]'
    for program, does in (("python", asked), ("sleep", "true")):
        (tmp_path / program).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / program).chmod(0o755)
    service = ours()[name]
    command = [word.replace("$$", "$") for word in service["command"]]
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    done = subprocess.run(command, cwd=tmp_path, env=path, check=False, timeout=60)

    told = (tmp_path / "asked").read_text().split()

    assert (done.returncode, sum(job.startswith("migrate-") for job in told)) == (ends, turns)
    assert ("found" in told) == (name == "migrate" and ends == 0)
    assert service["restart"] == "no"


@pytest.mark.parametrize("name", ["migrate-post", "graphs"])
def test_who_owns_the_database_has_no_secret_beside(name: str) -> None:
    assert list(ours()[name]["environment"]) == [job.OWNER]


def test_a_cache_is_there_for_who_asks_for_it() -> None:
    services = compose()["services"]
    needed = {one for service in services.values() for one in service.get("depends_on", ())}

    assert ["cache"] == services["cache"]["profiles"]
    assert "cache" not in needed


def test_only_this_machine_reaches_the_gateway() -> None:
    published = [port for service in compose()["services"].values() for port in service.get("ports", ())]

    assert published == ["127.0.0.1:8420:8080"]


def test_every_secret_must_be_given() -> None:
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    example = (FOLDER / "example.env").read_text(encoding="utf-8")

    assert set(re.findall(r"\$\{(\w+)", text)) == set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert re.findall(r"^\w+=(.+)$", example, re.MULTILINE) == []


def test_every_program_that_is_named_is_there() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (FOLDER / "compose.yaml", FOLDER / "Dockerfile")]
    modules = {name for text in texts for name in re.findall(r"(?:-m[, ]+)(contextfs[\w.]+)", text)}

    assert {"contextfs.runtime.serve", "contextfs.runtime.job"} <= modules
    assert [name for name in modules if find_spec(name) is None] == []


BREAKS: list[tuple[str, str, str]] = [
    ("read_only: true", "read_onli: true", "extension key `read_onli`"),
    ("service_healthy", "service_fine", "unknown variant `service_fine`"),
    ("8420:8080", "8420:eighty", "error parsing port"),
]


def valid(text: str) -> None:
    """Read a compose file by a library of its specification; ValueError tells what is wrong."""
    compose_spec = pytest.importorskip("compose_spec")
    compose_file = compose_spec.PyCompose.from_yaml(yaml.safe_dump(yaml.safe_load(text)))  # it reads no nested merges
    compose_file.validate()


def test_the_compose_file_is_what_its_specification_says() -> None:
    valid((FOLDER / "compose.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("right", "wrong", "told"), BREAKS, ids=["key", "condition", "port"])
def test_a_compose_file_that_is_wrong_is_told(right: str, wrong: str, told: str) -> None:
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8").replace(right, wrong, 1)

    with pytest.raises(ValueError, match=told):
        valid(text)


def linted(recipe: Path) -> "subprocess.CompletedProcess[str]":
    """Lint a recipe of an image with hadolint, which its package puts beside the interpreter."""
    command = [str(Path(sys.executable).with_name("hadolint")), "--no-color", str(recipe)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_recipe_is_linted() -> None:
    done = linted(FOLDER / "Dockerfile")

    assert (0, "") == (done.returncode, done.stdout)


def test_a_recipe_that_is_wrong_is_told(tmp_path: Path) -> None:
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    wrong = tmp_path / "Dockerfile"
    wrong.write_text(text.replace("python:3.12-slim", "python:latest").replace("WORKDIR /app", "WORKDIR app"))
    done = linted(wrong)

    assert 1 == done.returncode
    assert "DL3007" in done.stdout
    assert "DL3000" in done.stdout


def test_the_image_runs_as_a_user_without_rights() -> None:
    lines = (FOLDER / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last = max(index for index, line in enumerate(lines) if line.startswith("FROM"))

    assert "USER 65532:65532" in lines[last:]


def test_every_file_that_the_image_copies_gets_into_its_context() -> None:
    recipe = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", recipe, re.MULTILINE) for word in line.split()[:-1]]

    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert [
        path for path in copied if f"!{path}" not in ignored and not (path.endswith(".lock") and path[:4] == "requ")
    ] == []


@pytest.mark.parametrize("cloud", ["gcp", "aws"])
def test_the_plan_sets_variables_by_the_names_of_settings(cloud: Any) -> None:
    config = Config(
        cloud=cloud,
        account="account",
        regions=("us-east1" if cloud == "gcp" else "us-east-1",),
        domain="memory.example.com",
        alerts="a@example.com",
        database="alloydb" if cloud == "gcp" else None,
        cache=True,
    )
    made = plan(config)
    set_by_plan = {
        name
        for workload in made.workloads
        for name in (*made.environment(workload, made.regions[0]), *made.secret_variables(workload))
    }

    assert set_by_plan - KNOWN == set()
