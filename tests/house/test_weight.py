"""The command line is light to install: it is what people try first."""

from benchmarks.size import MOST_MB, MOST_PACKAGES, megabytes, packages


def test_the_command_line_needs_few_packages() -> None:
    found = sorted(packages())

    assert {"contextfs-platform", "httpx2", "msgspec"} <= set(found)
    assert len(found) < MOST_PACKAGES, found


def test_the_command_line_is_small() -> None:
    assert 1 < megabytes(packages()) < MOST_MB
