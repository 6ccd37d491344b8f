"""A variable may name where its text is kept; what is wrong with that is told by the variable's name."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from contextfs.adapters.database.listen import Listener
from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.settings import from_environment
from contextfs.runtime import secrets
from contextfs.runtime.addresses import Addresses
from contextfs.runtime.secrets import Kept, resolved
from tests.contextfs.adapters.clouds import moto_server
from tests.contextfs.runtime.own_role import backend, own_role

PEPPER = "CONTEXTFS_KEY_PEPPER"
URL = "CONTEXTFS_DATABASE_URL"
PLAIN = {URL: "host=127.0.0.1", PEPPER: "p" * 40, "CONTEXTFS_REDACTION_KEY": "r" * 40}


def test_settings_hold_the_text_that_a_file_has(tmp_path: Path) -> None:
    (tmp_path / "pepper").write_text("q" * 40 + "\n")

    settings = from_environment(resolved({**PLAIN, PEPPER: f"file:{tmp_path / 'pepper'}"}))

    assert ("q" * 40, "host=127.0.0.1") == (settings.key_pepper, settings.database_url)


def test_without_a_reference_nothing_is_changed() -> None:
    environment = {**PLAIN, "OTHER": "file:/none", "CONTEXTFS_FILES": "gs://bucket"}

    assert environment is resolved(environment)


def test_settings_hold_the_texts_that_aws_has(monkeypatch: pytest.MonkeyPatch) -> None:
    with moto_server.served() as aws, moto_server.client("secretsmanager", aws) as client:
        client.create_secret(Name="ctx-pepper", SecretString="s" * 40)
        for name, value in aws.items():  # as AWS's library finds them, where keys are no variables of the program
            monkeypatch.setenv(name, value)
        named = {**PLAIN, PEPPER: "aws-secret:ctx-pepper"}
        told = [resolved({**named, **aws})[PEPPER], resolved({**named, "CONTEXTFS_REGION": "eu-central-1"})[PEPPER]]

    assert ["s" * 40] * 2 == told


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("file:/none/pepper", "Setting CONTEXTFS_KEY_PEPPER: the file /none/pepper cannot be read: No such file"),
        ("file:relative", "Setting CONTEXTFS_KEY_PEPPER: the file relative cannot be read"),
        (
            "gcp-secret:n",
            "Setting CONTEXTFS_KEY_PEPPER: 'n' is not a secret of Secret Manager: write projects/PROJECT/sec",
        ),
    ],
)
def test_a_secret_that_cannot_be_had_is_told_by_its_setting(reference: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        resolved({**PLAIN, PEPPER: reference})


def test_a_store_that_is_away_stops_the_start_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    away = {**moto_server.CREDENTIALS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    monkeypatch.setattr("contextfs.adapters.clouds.aws.secrets_at_start._PAUSES", (None,))

    with pytest.raises(Unavailable, match=f"Setting {PEPPER}: Secrets Manager does not answer"):
        resolved({**PLAIN, **away, PEPPER: "aws-secret:n"})


@pytest.mark.parametrize("program", ["contextfs.runtime.serve", "contextfs.runtime.job"])
def test_a_program_that_cannot_read_its_secrets_ends_with_a_line(program: str, repository: Path) -> None:
    environment = {**PLAIN, PEPPER: "file:/none/pepper", "PYTHONPATH": f"{repository}/shared:{repository}"}
    name = "gateway" if program.endswith("serve") else "migrate-pre"

    done = subprocess.run(
        [sys.executable, "-m", program, name], env=environment, capture_output=True, text=True, check=False
    )

    line = "Setting CONTEXTFS_KEY_PEPPER: the file /none/pepper cannot be read: No such file or directory.\n"
    assert (2, line) == (done.returncode, done.stderr)


def test_no_sdk_is_loaded_for_a_secret_of_aws_at_a_start(repository: Path) -> None:
    code = """
import sys
from contextfs.adapters.clouds.aws.secrets_at_start import SecretsAtStart
print(sorted({"boto3", "botocore", "google.auth", "httpx2"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": f"{repository}/shared"}, capture_output=True, check=True
    )

    assert b"[]\n" == done.stdout


def test_a_text_is_read_again_when_it_is_old_and_kept_while_it_cannot_be(tmp_path: Path) -> None:
    file, now = tmp_path / "url", [0.0]
    file.write_text("first")
    kept = Kept({URL: f"file:{file}"}, lambda: now[0])
    told = [kept.text(URL, "first")]
    file.write_text("second")
    told.append(kept.text(URL, "first"))
    now[0] += secrets.OLD
    told.append(kept.text(URL, "first"))
    file.unlink()
    now[0] += secrets.OLD
    told.append(kept.text(URL, "first"))

    assert ["first", "first", "second", "second"] == told


def test_while_a_store_hangs_one_connection_waits_a_moment_and_the_others_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "PATIENCE", 0.2)
    pipe, now = tmp_path / "url", [0.0]
    os.mkfifo(pipe)  # whoever reads it waits for somebody who writes
    kept = Kept({URL: f"file:{pipe}"}, lambda: now[0])
    kept.text(URL, "first")
    now[0] += secrets.OLD
    with ThreadPoolExecutor(3) as connections:
        try:
            asked = [connections.submit(kept.text, URL, "first") for _ in range(3)]
            told = [one.result(timeout=60) for one in asked]
            readers = [thread for thread in threading.enumerate() if thread.name == f"reads {URL}"]
        finally:
            pipe.write_text("second")
        for reader in readers:
            reader.join(60)

    assert (["first"] * 3, 1) == (told, len(readers))
    assert "second" == kept.text(URL, "first")


def test_a_reader_that_breaks_is_told_of_and_the_next_one_reads(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, now = tmp_path / "url", [0.0]
    file.write_text("broken")
    kept = Kept({URL: f"file:{file}"}, lambda: now[0], check=lambda text: {"whole": 1}[text])
    now[0] += secrets.OLD
    told = [kept.text(URL, "first")]
    file.write_text("whole")
    now[0] += secrets.OLD
    told.append(kept.text(URL, "first"))

    assert ["first", "whole"] == told
    assert ["a secret was not read again"] == [record.message for record in caplog.records]


def test_what_a_start_has_read_is_not_read_again_by_its_first_connection() -> None:
    kept = Kept({URL: "file:/none"}, lambda: 1e6)

    assert "as it was read" == kept.text(URL, "as it was read")


def test_a_pool_lives_through_a_changed_password(tmp_path: Path, admin_url: str) -> None:
    file, now = tmp_path / "url", [0.0]
    environment = {**PLAIN, URL: f"file:{file}"}
    with own_role(admin_url) as role:
        file.write_text(role.address(role.set_password("before")))
        settings = from_environment(resolved(environment))
        address = Addresses(settings, environment, monotonic=lambda: now[0]).of("database_url")
        assert address is not None
        with closing(PostgresDatabase(address, size=2)) as database:
            first = backend(database)
            file.write_text(role.address(role.set_password("after")))
            now[0] += secrets.OLD
            role.disconnect()
            second = backend(database)

    assert first != second


def test_a_listener_waits_on_when_its_address_cannot_be_had() -> None:
    def nowhere() -> str:
        raise Unavailable("the store is away")

    listener = Listener(nowhere, "contextfs_outbox")

    listener.wait(0.01)  # it never raises
    listener.close()
