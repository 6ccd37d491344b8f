"""A dump and the secrets make a platform anew: keys open it, what was known is found, and the audit log is whole."""

import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from contextfs.adapters.database import embedded
from contextfs.adapters.database.embedded import binaries, rootless
from contextfs.adapters.database.embedded.place import Place
from contextfs.client import ContextFS
from contextfs.runtime.stack import Home, Stack, down, up
from tests.events.storm import wait_for_calm


def program(home: Home, name: str, *arguments: str | Path) -> None:
    """Run a program of Postgres, as whoever the server runs as."""
    way = rootless.choose(Place.of(home.database), binaries.find())
    command = way.command(name, *arguments)
    done = subprocess.run(command, check=False, cwd="/", env=rootless.environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def client(stack: Stack) -> ContextFS:
    return ContextFS(stack.api_url, stack.api_key, project_id=stack.project_id)


def everything(url: str) -> dict[str, list[str]]:
    """Copy all rows that tell what is known and what was done."""
    tables = ("projects", "sessions", "messages", "memories", "revisions", "api_keys", "audit_log", "feed", "passages")
    rows = sql.SQL("select * from contextfs.{}")
    with psycopg.connect(url) as connection:
        return {
            table: sorted(map(str, connection.execute(rows.format(sql.Identifier(table))).fetchall()))
            for table in tables
        }


@pytest.mark.slow
def test_a_backup_is_the_dump_and_the_secrets(tmp_path: Path) -> None:
    old, new = Home(tmp_path / "old"), Home(tmp_path / "new")
    dump = tmp_path / "contextfs.dump"
    try:
        first = up(old, port=0)
        with client(first) as told:
            for number in range(20):
                told.memories.create(f"The port of service {number} is {5000 + number}.")
        wait_for_calm(old)
        program(old, "pg_dump", "--format=custom", f"--file={dump}", first.database_url)
        before = everything(first.database_url)
        down(old)
        new.make()
        for name in ("secrets.json", "stack.json"):
            shutil.copy2(old.path / name, new.path / name)
        empty = up(new, port=0)
        down(new)
        restored = embedded.start(new.database).dsn("contextfs")
        program(new, "pg_restore", "--clean", "--if-exists", f"--dbname={restored}", "--exit-on-error", dump)
        after = everything(restored)
        again = up(new, port=0)
        with client(again) as told:
            found = [hit.snippet for hit in told.search.hybrid("the port of service 7").hits]
            added = told.memories.create("Known after the restore.").memory
            report = told.admin.audit_verify()

        assert empty.api_key == first.api_key == again.api_key
        assert before == after
        assert "The port of service 7 is 5007." in found
        assert added.content == "Known after the restore."
        assert report.intact
    finally:
        down(old)
        down(new)
