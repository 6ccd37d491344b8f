"""Rules of redaction in a store's settings hold on every way in, and for what was stored before there were any."""

import json
from pathlib import Path

import pytest

from tests.clients.cli.here.folder import Folder, folder
from tests.house.source import ROOT

SESSION = "503d3276-fd1c-4a5a-b232-97277af3f672.jsonl"
SAMPLE = ROOT / "tests" / "data" / "transcripts" / "claude-code" / SESSION
SAID = "CUST-12345678"
RULE = """
[[redact.rules]]
name = "customer-number"
pattern = 'CUST-[0-9]{8}'
"""


@pytest.fixture
def here(tmp_path: Path) -> Folder:
    return folder(tmp_path / "r")


def add(here: Folder, text: str) -> None:
    config = here.root / ".contextfs/config.toml"
    config.write_text(config.read_text() + text)


def store_all(here: Folder) -> None:
    """Bring the number in by every way that a person has."""
    transcript = here.root.parent / SESSION
    transcript.write_text(SAMPLE.read_text().replace("\\n", f"\\nfor {SAID} of\\n", 1))
    told = here.root.parent / "told.jsonl"
    told.write_text(json.dumps({"role": "user", "content": f"what of {SAID}?"}) + "\n")
    assert 0 == here.ctx("import", "claude-code", transcript).code
    assert 0 == here.ctx("capture", told, "--title", f"about {SAID}").code
    assert 0 == here.ctx("memory", "add", f"{SAID} pays by invoice.").code
    assert 0 == here.ctx("context", f"ship to {SAID}").code


def holds(here: Folder) -> list[str]:
    """Name the files of the store that hold the number in any of their bytes."""
    return sorted(
        file.name
        for file in (here.root / ".contextfs").rglob("*")
        if file.is_file() and (SAID.encode() in file.read_bytes() or SAID.lower() in file.name)
    )


def test_what_a_rule_matches_is_stored_by_no_way_in(here: Folder) -> None:
    add(here, RULE)

    store_all(here)

    assert [] == holds(here)
    assert "[redacted:customer-number:" in here.ctx("search", "pays by invoice").out
    assert [] == here.ctx("scan", "--history", "--json").json["found"]


def test_what_was_stored_before_the_rule_is_found_and_replaced(here: Folder) -> None:
    store_all(here)
    clean = here.ctx("scan", "--history", "--json").json["found"]
    add(here, RULE)

    found = here.ctx("scan", "--history", "--redact", "--json").json["found"]

    assert [] == clean
    assert {"customer-number"} == {one["kind"] for one in found}
    assert {"message", "session", "memory", "record"} <= {one["where"] for one in found}
    assert SAID not in here.ctx("search", "pays by invoice").out
    assert [] == [file.name for file in (here.root / ".contextfs").rglob("*.md") if SAID.lower() in file.name]
    assert 1 == len([*(here.root / ".contextfs").rglob("redacted-customer-number-*.md")])


def test_a_file_that_a_person_wrote_is_refused_with_its_line(here: Folder) -> None:
    add(here, RULE)
    fact = here.root / ".contextfs/memories/fact/invoice.md"
    fact.parent.mkdir(parents=True, exist_ok=True)
    fact.write_text(f"They pay by invoice.\nThey are {SAID}.\n")

    told = here.ctx("status")

    assert "holds what a rule of [redact] takes out (customer-number, line 2 of the text)" in told.out + told.err


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("pattern = '('", "the rule second cannot be taken: '(' is no pattern (missing ): (): write it as RE2"),
        ("pattern = '.*'", "the rule second cannot be taken: its pattern matches a single letter, or nothing"),
        ("pattern = 'KX[0-9]'\nscope = 'all'", "redact.rules[1] contains unknown field scope"),
        ("", "redact.rules[1] lacks pattern"),
    ],
)
def test_a_rule_that_cannot_be_run_is_told_with_its_line(here: Folder, rule: str, told: str) -> None:
    add(here, RULE)
    place = len((here.root / ".contextfs/config.toml").read_text().splitlines()) + 2
    add(here, f'\n[[redact.rules]]\nname = "second"\n{rule}\n')

    refused = here.ctx("memory", "add", "Anything.")

    assert 2 == refused.code
    assert f"config.toml:{place}: {told}" in refused.err
    assert 1 == len(refused.err.strip().splitlines())
