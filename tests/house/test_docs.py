"""What can be set, asked for, emitted or called is documented."""

import re
import subprocess
import sys
from itertools import pairwise

import pytest

from contextfs.adapters.database.migrate import shipped
from contextfs.domain.access.rules import PERMISSIONS, ROLES
from contextfs.kit.settings import PREFIX, Settings
from contextfs.kit.tokens import KINDS, SCANNED_BY
from contextfs.runtime.openapi.truth import rewritten
from functions.manifest import ROUTES, SCHEDULES, TRIGGERS
from infra.config import Config
from tests.house.source import ROOT
from tests.house.test_manifest import emitted


def missing(names: list[str], text: str) -> list[str]:
    """Name what a text does not mention as code."""
    return [name for name in names if f"`{name}`" not in text]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_rule_can_be_broken() -> None:
    assert missing(["memory.created", "memory.lost"], "| `memory.created` |") == ["memory.lost"]


def test_every_setting_is_told() -> None:
    names = [f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__]

    assert missing(names, read("docs/guides/settings.md")) == []


def test_every_migration_behind_which_no_rollback_leads_is_in_the_changelog() -> None:
    """The guides send there who wants older programs back. Those up to 0072 were shipped before it said so."""
    names = [one.name.removesuffix(".sql") for one in shipped() if one.phase == "post" and one.name > "0073"]

    assert names
    assert missing(names, read("CHANGELOG.md")) == []


def test_leak_scanners_are_told_every_kind_of_credential() -> None:
    assert missing([SCANNED_BY, *{f"{prefix[:4]}_" for prefix in KINDS}], read("docs/guides/permissions.md")) == []


def test_every_value_of_an_installation_is_told() -> None:
    camel = [re.sub(r"_([a-z])", lambda match: match[1].upper(), name) for name in Config.__struct_fields__]

    assert missing([f"contextfs:{name}" for name in camel], read("docs/guides/deploy.md")) == []


def test_every_permission_and_role_is_told() -> None:
    assert missing([*PERMISSIONS, *ROLES], read("docs/guides/permissions.md")) == []


def test_the_truth_table_is_as_the_rules_are() -> None:
    told = read("docs/guides/permissions.md")

    assert rewritten(told, ROUTES) == told, "run `make docs`"


def test_every_promise_of_security_names_tests_that_exist() -> None:
    lines = read("docs/guides/security.md").splitlines()
    rows = [line for line, after in pairwise([*lines, ""]) if line.startswith("| ") and not after.startswith("|---")]
    named = [re.findall(r"`(tests/[\w/.]+)::(\w+)`", row) for row in rows]
    absent = [(path, name) for pairs in named for path, name in pairs if f"def {name}(" not in read(path)]

    assert all(named)
    assert absent == []


def test_every_event_and_its_consumer_is_told() -> None:
    names = [*emitted(), *(row.name for row in (*TRIGGERS, *SCHEDULES))]

    assert missing(names, read("docs/guides/events.md")) == []


def test_every_route_is_told() -> None:
    described = read("docs/openapi.json")

    assert [route.path for route in ROUTES if f'"{route.path}"' not in described] == []


def test_every_command_is_told_as_its_help_tells_it() -> None:
    told = subprocess.run([sys.executable, "-m", "clients.cli.guide"], cwd=ROOT, check=True, capture_output=True)

    assert read("docs/guides/cli.md") == told.stdout.decode(), "run `make docs`"


@pytest.mark.parametrize("document", ["docs/map.md", "docs/words.md"])
def test_every_path_that_is_named_exists(document: str) -> None:
    named = re.findall(r"`([\w./-]+(?:/[\w.-]*|\.\w+))`", read(document))
    roots = (
        "",
        "shared/contextfs/",
        "shared/contextfs/journeys/learn/",
        "shared/contextfs/journeys/consolidate/",
        "shared/contextfs/journeys/capture/",
        "shared/contextfs/journeys/ingest/",
        "shared/contextfs/runtime/otlp/",
        "shared/contextfs/runtime/streaming/",
        "shared/contextfs/adapters/identity/saml/",
    )
    folders = [
        *roots,
        *(
            f"shared/contextfs/{name}/"
            for name in (
                "domain/memories",
                "domain/search",
                "domain/graph",
                "domain/context",
                "local/search",
                "client/recording",
            )
        ),
    ]
    elsewhere = {"append.py", "complete.py", "store.py", *emitted()}

    assert [
        path for path in named if path not in elsewhere and not any((ROOT / (f + path)).exists() for f in folders)
    ] == []


def test_every_decision_is_told_in_three_steps_on_a_page() -> None:
    for file in sorted((ROOT / "docs/adr").glob("*.md")):
        text = file.read_text(encoding="utf-8")

        assert all(f"**{step}." in text or f"## {step}" in text for step in ("Context", "Decision", "Consequences")), (
            file
        )
        assert text.count("\n") <= 60, file
