"""What is written beside its place, and not yet in it."""

import os
import time
from pathlib import Path

from contextfs.local.folder.write import Writer, sweep


def left(scratch: Path, process: int, *, age: float) -> Path:
    """Leave the unfinished file of a process."""
    file = scratch / str(process)
    file.write_text("half")
    at = time.time() - age
    os.utime(file, (at, at))
    return file


def test_what_another_thread_of_this_process_is_writing_stays(tmp_path: Path) -> None:
    ours = left(tmp_path, os.getpid(), age=0)

    sweep(tmp_path, time.time())

    assert ours.exists()


def test_what_a_stopped_command_left_goes(tmp_path: Path) -> None:
    old = left(tmp_path, os.getpid(), age=120)
    stopped = left(tmp_path, 2**22 + 1, age=0)  # no process has so high a number

    sweep(tmp_path, time.time())

    assert (old.exists(), stopped.exists()) == (False, False)


def test_what_is_gone_with_its_folder_is_taken_away(tmp_path: Path) -> None:
    writer = Writer(tmp_path, tmp_path / "scratch")

    assert writer.take_away(str(tmp_path / "memories/decision/a.md"), lambda _: True)


def test_where_a_file_came_meanwhile_it_stays(tmp_path: Path) -> None:
    writer, file = Writer(tmp_path, tmp_path / "scratch"), tmp_path / "memories/fact/a.md"

    put, again = writer.put(str(file), b"ours"), writer.put(str(file), b"other")

    assert put is not None
    assert (again, file.read_bytes(), [*(tmp_path / "scratch").iterdir()]) == (None, b"ours", [])
