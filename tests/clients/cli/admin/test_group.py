"""`ctx admin`: who did what, and whether the log of it was changed."""

import csv
import json
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contextfs.client import ContextFS
from contextfs.domain.audit import anchors
from contextfs.journeys.keep.anchoring import anchor
from contextfs.journeys.keep.audit import seal
from contextfs.runtime.wiring import Wiring
from tests.clients.cli.conftest import Ctx
from tests.conftest import Tenant


@pytest.fixture
def acts(client: ContextFS, wiring: Wiring) -> str:
    """Do two things that the log tells of, and seal them; gives the id of what was made."""
    made = client.memories.create("We deploy on Thursdays.").memory
    client.memories.delete(made.id)
    platform = wiring.platform()
    seal(platform)
    platform.close()
    return str(made.id)


def test_the_log_is_a_table_for_people(ctx: Ctx, acts: str) -> None:
    lines = ctx("admin", "audit").out.splitlines()

    assert lines[0].split() == ["when", "what", "who", "to", "details"]
    assert [line.split()[2] for line in lines[1:]] == ["memory.deleted", "memory.created"]
    assert all(acts.replace("-", "")[-12:] in line for line in lines[1:])


def test_the_log_is_json_and_csv_for_programs(ctx: Ctx, acts: str) -> None:
    entries = ctx("admin", "audit", "--json").json
    rows = list(csv.DictReader(StringIO(ctx("admin", "audit", "--format", "csv").out)))

    assert [entry["action"] for entry in entries] == ["memory.deleted", "memory.created"]
    assert [(row["action"], row["subject"]) for row in rows] == [(one["action"], one["subject"]) for one in entries]


def test_the_log_is_asked_by_what_was_done_and_when(ctx: Ctx, acts: str) -> None:
    assert len(ctx("admin", "audit", "--action", "memory.created", "--since", "1h", "--json").json) == 1
    assert ctx("admin", "audit", "--since", "2199-01-01", "--json").json == []
    assert ctx("admin", "audit", "--user", acts).out == "The log has no such entries.\n"
    assert len(ctx("admin", "audit", "--user", "owner@example.test", "--since", "30d", "--json").json) == 2
    assert ctx("admin", "audit", "--user", "nobody@example.test").code == 3


def test_a_log_that_nobody_touched_is_intact(ctx: Ctx, acts: str) -> None:
    told = ctx("admin", "audit", "verify")
    head = told.out.split()[-1]

    assert told.code == 0
    assert told.out.startswith("The log is intact: 2 entries checked.\n")
    assert "Checked against the head" not in told.out
    assert ctx("admin", "audit", "verify", "--head", head).code == 0
    assert ctx("admin", "audit", "verify", "--head", f"1:{'0' * 64}", "--json").code == 1


def test_a_log_that_lost_its_end_or_is_written_anew_is_found_by_what_this_machine_saw(
    ctx: Ctx, acts: str, tenant: Tenant, wiring: Wiring, admin_url: str
) -> None:
    """Who owns the database takes the last entry out, and sets the head back: nothing in the database tells."""
    ctx("admin", "audit", "verify")
    again = ctx("admin", "audit", "verify")
    name, org = conninfo_to_dict(str(wiring.settings.database_url))["dbname"], [tenant.org_id]
    with psycopg.connect(make_conninfo(admin_url, dbname=name)) as owner:
        owner.execute("delete from contextfs.audit_log where org_id = %s and position = 2", org)
        owner.execute(
            "update contextfs.audit_heads as h set position = a.position, hash = a.hash"
            " from contextfs.audit_log as a where a.org_id = h.org_id and a.position = 1 and h.org_id = %s",
            org,
        )
    found = ctx("admin", "audit", "verify")

    assert "Checked against the head 2, which was seen before." in again.out
    assert found.code == 1
    assert "forgotten at 2: the head that was kept is not in the chain" in found.out
    assert ctx("admin", "audit", "verify").code == 1, "what is wrong is not noted over what was right"


def test_up_to_where_a_file_knows_the_log_is_told_and_that_it_could_not_be_read(
    ctx: Ctx, acts: str, tenant: Tenant, wiring: Wiring
) -> None:
    platform = wiring.platform()
    anchor(platform, wiring.services.blobs(), wiring.services.key_pepper, wiring.clock())
    platform.close()
    known = ctx("admin", "audit", "verify")
    file = Path(wiring.settings.files or "") / anchors.key(tenant.org_id)
    file.unlink()
    file.mkdir()
    unread = ctx("admin", "audit", "verify")
    as_json = ctx("admin", "audit", "verify", "--json")
    file.rmdir()

    assert (known.code, "A file outside of the database vouches for it up to 2.\n" in known.out) == (0, True)
    assert (unread.code, as_json.code, as_json.json["outside"]) == (1, 1, "unread")
    assert unread.out.startswith("The log is intact in itself, but was NOT checked as a whole: 2 entries checked.\n")
    assert "could not be read: try again" in unread.out


def test_the_whole_log_is_exported(
    ctx: Ctx, acts: str, wiring: Wiring, api_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(wiring.services.blobs(), "_url", api_url)
    told = ctx("admin", "audit", "export", "log.zip")
    with ZipFile(tmp_path / "log.zip") as bundle:
        entries = [json.loads(line) for line in bundle.read("audit.jsonl").splitlines()]
    as_json = ctx("admin", "audit", "export", "again.zip", "--json").json

    assert told.out == f"{len(entries)} entries written to log.zip\n", told.err
    assert [entry["action"] for entry in entries][:2] == ["memory.created", "memory.deleted"]
    assert (as_json["status"], as_json["contents"]) == ("ready", ["audit_log"])


def test_what_is_called_wrong_is_told(ctx: Ctx) -> None:
    assert ctx("admin", "audit", "--user", "ann").err.startswith("ctx: 'ann' is not an id: give the whole one")
    assert ctx("admin", "audit", "--head", "1:00").code == 2
    assert ctx("admin", "audit", "export", "log.zip", "--head", "1:00").code == 2
    assert ctx("admin", "audit", "export").code == 2


@pytest.mark.parametrize(
    "chosen",
    [["--since", "1h"], ["--user", "owner@example.test"], ["--action", "a.b"], ["-n", "1"], ["--format", "csv"]],
    ids=lambda chosen: chosen[0],
)
def test_nothing_is_chosen_of_a_log_that_is_exported_or_checked(ctx: Ctx, tmp_path: Path, chosen: list[str]) -> None:
    runs = [ctx("admin", "audit", *what, *chosen) for what in (["export", "log.zip"], ["verify"])]

    assert [run.code for run in runs] == [2, 2]
    assert "`export` takes the whole log" in runs[0].err
    assert not (tmp_path / "log.zip").exists()


def test_residency_is_shown_and_set(ctx: Ctx) -> None:
    before = ctx("admin", "residency").out
    made = ctx("admin", "residency", "refuse", "--json").out

    assert before == "The organization lives in local.\n"
    assert '"elsewhere":"refuse"' in made.replace(" ", "")
    assert ctx("admin", "residency", "hide").code == 2


def test_networks_are_shown_set_and_cleared(ctx: Ctx) -> None:
    before = ctx("admin", "networks").out
    outside = ctx("admin", "networks", "set", "198.51.100.0/24")
    made = ctx("admin", "networks", "set", "127.0.0.0/8", "198.51.100.0/24", "--covers", "keys").out
    cleared = ctx("admin", "networks", "clear").out

    assert before == cleared == "The organization may be called from everywhere.\n"
    assert outside.code == 2
    assert "Your own address, 127.0.0.1, is in none of these networks" in outside.err
    assert made == "Calls of keys have to come from:\n  127.0.0.0/8\n  198.51.100.0/24\n"
    assert ctx("admin", "networks", "set").code == 2


def test_rules_of_redaction_are_shown_set_and_cleared(ctx: Ctx, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text("[[redact.rules]]\nname = 'badge'\npattern = 'badge \\d{4}'\nkeywords = ['badge']\n")
    before = ctx("admin", "redaction").out
    made = ctx("admin", "redaction", "set", str(file)).out
    again = tmp_path / "again.toml"
    again.write_text(made)
    same = ctx("admin", "redaction", "set", str(again)).out
    again.write_text("[redact]\n")
    wrong = ctx("admin", "redaction", "set", str(again))
    cleared = ctx("admin", "redaction", "clear").out

    assert '[[redact.rules]]\nname = "badge"\npattern = "badge \\\\d{4}"\nkeywords = ["badge"]\n' == made == same
    assert before == cleared
    assert before.startswith("The organization has no rules of its own")
    assert (2, True) == (wrong.code, "has no [[redact.rules]]" in wrong.err)
    assert 2 == ctx("admin", "redaction", "set").code


def test_the_retention_is_told_and_set(ctx: Ctx) -> None:
    told = [ctx("admin", "retention", *more) for more in ([], ["365"], [], ["forever"], ["soon"], ["7"])]

    assert [one.out for one in told[:4]] == [
        "The log is kept for ever.\n",
        "The log is kept for 365 days.\n",
        "The log is kept for 365 days.\n",
        "The log is kept for ever.\n",
    ]
    assert [one.code for one in told] == [0, 0, 0, 0, 2, 2]
