"""One sync at a time, from the first one in a fresh clone on."""

from pathlib import Path

from contextfs.local.sync.alone import alone, is_taken


def test_one_holds_the_lock_and_the_folder_is_made_for_it(tmp_path: Path) -> None:
    local = tmp_path / ".contextfs" / "local"
    with alone(local) as first, alone(local) as second:
        taken = is_taken(local)

    assert (first, second, taken, is_taken(local)) == (True, False, True, False)
