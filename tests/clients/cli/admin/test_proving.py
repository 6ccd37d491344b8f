"""`ctx admin prove-isolation`."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from clients.cli.admin.proving import Format, _print  # pyright: ignore[reportPrivateUsage] - what it prints is tried alone
from clients.cli.shown import output
from contextfs.runtime.isolation.model import Check, Proof
from contextfs.runtime.isolation.telling import markdown
from contextfs.runtime.wiring import Wiring
from tests.clients.cli.conftest import Ctx

PROOF = Proof(
    server="https://contextfs.example.com",
    database="PostgreSQL 18",
    begun_at=datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
    seconds=12.5,
    checks=[
        Check(area="routes", subject="GET /v1/memories", who="its owner", tried=2),
        Check(area="routes", subject="GET /v1/memories", who="nobody", tried=2),
        Check(area="SQL", subject="forged | claims", who="nobody", tried=9),
    ],
)


def test_a_proof_is_a_page_to_file() -> None:
    page = markdown(PROOF)

    assert page.startswith("# Proof of isolation\n\nNo leak. 13 requests and questions in 3 checks, against https://")
    assert "| route | 1 | 2 |\n| --- | --- | --- |\n| GET /v1/memories | ✓ | ✓ |\n" in page
    assert "| forged \\| claims | nobody | 9 | ✓ |" in page
    assert "## Leaks" not in page


@pytest.mark.parametrize("form", Format)
def test_a_leak_is_told_in_every_form(form: Format, capsys: pytest.CaptureFixture[str]) -> None:
    leak = Check(area="SQL", subject="s", who="w", tried=1, leak="it holds\nthe mark")

    _print(Proof(server="x", database="d", begun_at=PROOF.begun_at, seconds=1, checks=[leak]), form)

    told = capsys.readouterr().out
    assert ('"leak": "it holds\\nthe mark"' if form is Format.json else "SQL: s, by w: it holds the mark") in told
    assert form is Format.json or "Leaks: 1." in told


def test_without_settings_and_without_a_platform_it_says_what_it_needs(ctx: Ctx) -> None:
    ran = ctx("admin", "prove-isolation")

    assert (1, "") == (ran.code, ran.out)
    assert "start it by `ctx up`" in ran.err


def test_where_nobody_watches_a_line_is_said_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(output, "time", SimpleNamespace(monotonic=lambda: now[0]))
    progress, silent = output.Progress(every=0.2), output.Progress()
    for text, seconds in (("first", 0.19), ("too soon", 0.06)):
        progress.show(text)
        silent.show(text)
        now[0] += seconds
    progress.show("later")
    progress.clear()

    assert capsys.readouterr().err == "first\nlater\n"


def test_a_server_that_does_not_answer_is_told(ctx: Ctx, settings: dict[str, str]) -> None:
    ran = ctx("admin", "prove-isolation", "--url", "http://127.0.0.1:9", **settings)

    assert (1, "") == (ran.code, ran.out)
    assert ran.err.startswith("0 checks in 0 s: two organizations are made\n")
    assert "http://127.0.0.1:9 does not answer" in ran.err


@pytest.fixture
def settings(wiring: Wiring) -> dict[str, str]:
    """Give the environment of the server."""
    own = wiring.settings
    return {
        "CONTEXTFS_DATABASE_URL": own.database_url,
        "CONTEXTFS_RELAY_DATABASE_URL": own.relay_database_url or "",
        "CONTEXTFS_SQL_DATABASE_URL": own.sql_database_url or "",
        "CONTEXTFS_KEY_PEPPER": own.key_pepper,
        "CONTEXTFS_REDACTION_KEY": own.redaction_key,
    }


@contextmanager
def everybody_sees_roles(database_url: str) -> Generator[None]:
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("create policy open on contextfs.custom_roles to contextfs_app using (true)")
        try:
            yield
        finally:
            owner.execute("drop policy open on contextfs.custom_roles")


@pytest.mark.slow
def test_it_proves_a_running_server_and_finds_a_hole(
    ctx: Ctx, settings: dict[str, str], admin_url: str, wiring: Wiring
) -> None:
    name = conninfo_to_dict(wiring.settings.database_url)["dbname"]
    database = make_conninfo(admin_url, dbname=str(name))

    sound = ctx("admin", "prove-isolation", "--format", "md", **settings)
    with everybody_sees_roles(database):
        holed = ctx("admin", "prove-isolation", "--json", **settings)

    assert sound.err.startswith("0 checks in 0 s: two organizations are made\n")
    assert len(sound.err.splitlines()) >= 2, "it says that it is alive"
    assert (0, True) == (sound.code, "No leak." in sound.out)
    assert 1 == holed.code
    assert {one["subject"] for one in holed.json["checks"] if one["leak"]} >= {"GET /v1/admin/roles/{role_id}"}
