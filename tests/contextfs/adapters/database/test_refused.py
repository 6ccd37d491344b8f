"""A connection that was not made is logged with its reason, and without anything of the address."""

import json
from contextlib import closing

import pytest

from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.kit.errors import Unavailable
from contextfs.kit.log import JsonLines


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://u:hunter@hunter2/d?hostaddr=127.0.0.1&port=9", "connection refused"),
        ("postgresql://u:p@hunter2.invalid/d", "failed to resolve host"),
        ("host=/hunter2 user=u", "no such file or directory"),
    ],
)
def test_the_reason_is_logged_and_the_address_is_not(url: str, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    with (
        closing(PostgresDatabase(url, size=1, timeout=0.2, name="CONTEXTFS_DATABASE_URL")) as database,
        pytest.raises(Unavailable),
        database.transaction(),
    ):
        pass
    lines = [JsonLines("api").format(record) for record in caplog.records]
    told = [json.loads(line) for line in lines]

    assert [reason] in [line.get("reasons") for line in told]
    assert "error connecting in 'CONTEXTFS_DATABASE_URL': OperationalError" in [line["message"] for line in told]
    assert "hunter" not in "".join(lines)
