"""How search and indexing grow: `python -m benchmarks growth`, or with sizes `python -m benchmarks.growth --help`."""

from benchmarks.growth.run import USUAL, run_sizes
from benchmarks.measure import Row


def run() -> list[Row]:
    """Measure the usual sizes."""
    return run_sizes(USUAL)
