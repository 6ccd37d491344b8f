"""One sync at a time, from the first command in a fresh clone on."""

from pathlib import Path

from contextfs.local.sync.alone import alone, is_taken


def test_only_one_holds_the_lock(tmp_path: Path) -> None:
    with alone(tmp_path) as first, alone(tmp_path) as second:
        assert (True, False) == (first, second)
    assert not is_taken(tmp_path)


def test_a_clone_has_no_local_folder_yet(tmp_path: Path) -> None:
    with alone(tmp_path / "local") as is_mine:
        assert is_mine
