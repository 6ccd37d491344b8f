"""What a supervisor tells of what it keeps running."""

import time
from pathlib import Path

import pytest

from contextfs.runtime.supervisor import Supervisor


def test_a_database_that_cannot_be_started_ended_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "somebody's.txt").write_text("no database")
    monkeypatch.setattr(time, "sleep", _go_on)
    supervisor = Supervisor(tmp_path, -1, "", with_database=True)

    changed = [supervisor._mend_database() for _ in range(3)]  # pyright: ignore[reportPrivateUsage]

    assert changed == [True, False, False]
    assert capsys.readouterr().err.count("database ended") == 1


def _go_on(_seconds: float) -> None:
    pass
