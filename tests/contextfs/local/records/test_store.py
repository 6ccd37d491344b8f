"""Files are kept whole or as they were, once, and within a bound."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from contextfs.adapters.transcripts import READERS, Reader, kept, paths_in, read_path, reader
from contextfs.adapters.transcripts.model import Transcript
from contextfs.domain.redaction.model import Policy
from contextfs.kit.errors import BadInput, ContextFSError
from contextfs.local.records.cleaning import Cleaning
from contextfs.local.records.store import FILE, Kept, Records
from tests.house.source import ROOT

SAMPLES = ROOT / "tests" / "data" / "transcripts"
NOW = datetime(2030, 1, 1, tzinfo=UTC)
KEY = b"k" * 32


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records.opened(tmp_path / "local") as opened:
        yield opened


def keep(records: Records, file: Path, tool: str = "claude-code", now: datetime = NOW) -> Kept:
    of_tool = reader(tool)
    parts = kept.parts(of_tool, file)
    return records.keep(tool, file, parts, Cleaning(Policy(KEY)), is_rows=kept.is_rows(of_tool, file), now=now)


def written(folder: Path, text: str, name: str = "5e231473-1e70-45c5-9c18-6510ac844c99.jsonl") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def content(records: Records, one: Kept) -> bytes:
    with records.parts(one) as parts:
        return parts[kept.OWN][:]


def comparable(transcripts: list[Transcript]) -> list[tuple[Transcript, list[object]]]:
    """Give transcripts without the places of their records, which in a database's rows are others."""
    plain = [[msgspec.structs.replace(said, source=None) for said in one.messages] for one in transcripts]
    return [(msgspec.structs.replace(one, messages=()), [*said]) for one, said in zip(transcripts, plain, strict=True)]


def read_again(records: Records, of_tool: Reader, tool: str, one: Kept) -> list[Transcript] | str:
    with records.parts(one) as parts:
        try:
            return kept.transcripts(of_tool, tool, Path(one.path), parts, rows=one.is_rows)
        except ContextFSError as error:
            return type(error).__name__


@pytest.mark.parametrize("tool", sorted(READERS))
def test_every_sample_is_read_from_what_is_kept_as_from_itself(tool: str, records: Records) -> None:
    files = paths_in(tool, SAMPLES / tool)
    for file in files:
        [(_, direct)] = read_path(tool, file)
        again = read_again(records, reader(tool), tool, keep(records, file, tool))

        if isinstance(direct, ContextFSError) or isinstance(again, str):
            assert type(direct).__name__ == again
        else:
            assert comparable(direct) == comparable(again)
    assert files


def test_a_file_that_is_as_it_was_is_not_kept_again(records: Records, tmp_path: Path) -> None:
    file = written(tmp_path, '{"type":"user"}\n')
    first = keep(records, file)
    records.read(first, "claude-code/1")

    second = keep(records, file, now=NOW + timedelta(days=1))

    assert (first.id, "claude-code/1") == (second.id, second.read_by)
    assert len(records.files()) == 1


def test_a_file_that_changed_is_to_be_read(records: Records, tmp_path: Path) -> None:
    records.read(keep(records, written(tmp_path, '{"n":1}\n')), "claude-code/1")

    grown = keep(records, written(tmp_path, '{"n":1}\n{"n":2}\n'))

    assert [grown] == records.unread()
    assert content(records, grown) == b'{"n":1}\n{"n":2}\n'


def test_a_file_that_cannot_be_read_to_its_end_leaves_what_was_kept(records: Records, tmp_path: Path) -> None:
    file = written(tmp_path, '{"n":1}\n')
    before = keep(records, file)

    def broken() -> Iterator[kept.Part]:
        yield kept.OWN, iter([b'{"n":9}\n'])
        raise BadInput("The disk is gone.")

    with pytest.raises(BadInput):
        records.keep("claude-code", file, broken(), Cleaning(Policy(KEY)), is_rows=False, now=NOW)

    assert [before] == records.files()
    assert content(records, before) == b'{"n":1}\n'


def test_no_more_is_kept_than_is_allowed_and_the_oldest_go_first(records: Records, tmp_path: Path) -> None:
    for n in range(4):
        file = written(tmp_path, f'{{"t":"{os.urandom(30_000).hex()}"}}\n', name=f"{n}.jsonl")
        records.read(keep(records, file, now=NOW + timedelta(hours=n)), "claude-code/1")

    gone = records.bound(80_000, NOW)

    assert ["0.jsonl", "1.jsonl"] == [Path(one.path).name for one in gone]
    assert records.size().kept <= 80_000
    assert ["2.jsonl", "3.jsonl"] == [Path(one.path).name for one in records.files()]


def test_what_two_files_share_stays_when_one_goes(records: Records, tmp_path: Path) -> None:
    one = keep(records, written(tmp_path, '{"n":1}\n', name="a.jsonl"))
    other = keep(records, written(tmp_path, '{"n":1}\n', name="b.jsonl"))

    records.forget(one)
    records.bound(1_000_000, NOW)

    assert content(records, other) == b'{"n":1}\n'


def test_no_secret_is_in_the_database(records: Records, tmp_path: Path) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"

    one = keep(records, written(tmp_path, f'{{"t":"{token}"}}\n'))

    assert one.secrets == 1
    assert token.encode() not in content(records, one)
    assert b"[redacted:github-token:" in content(records, one)


KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from contextfs.domain.redaction.model import Policy
from contextfs.local.records.cleaning import Cleaning
from contextfs.local.records.store import Records
def parts():
    yield "", (os.urandom(40_000).hex().encode() + b"\\n" for _ in range(100))
    os.kill(os.getpid(), 9)
with Records.opened(Path(sys.argv[1])) as records:
    records.keep("t", Path("/f"), parts(), Cleaning(Policy(b"k")), is_rows=False, now=datetime.now(UTC))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nobody is killed so here")
def test_who_is_killed_leaves_a_draft_that_is_swept(tmp_path: Path) -> None:
    folder = tmp_path / "local"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], env=environment, check=False)

    with Records.opened(folder) as records:
        before = records.size()
        records.bound(1 << 40, datetime.now(UTC) + timedelta(days=2))

        assert (done.returncode, before.files, before.kept > 0) == (-9, 0, True)
        assert (records.files(), records.size().kept) == ([], 0)
    assert sqlite3.connect(folder / FILE).execute("pragma integrity_check").fetchone() == ("ok",)
