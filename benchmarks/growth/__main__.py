"""Measure at chosen sizes, and draw the curve: a million passages take a quarter of an hour and 6 GB of disk."""

import argparse
import os
import platform
import sys
from pathlib import Path

from benchmarks.growth.run import USUAL, run_sizes
from benchmarks.measure import table


def main(arguments: list[str]) -> int:
    """Print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--passages", default=",".join(map(str, USUAL)), help="how many there are, each a run")
    parser.add_argument("--tenants", type=int, default=1000, help="small organizations in a run of their own; 0: none")
    parser.add_argument("--runs", type=int, default=40, help="questions at each size")
    parser.add_argument("--svg", type=Path, help="draw the curve here")
    parser.add_argument("--no-indexing", action="store_true", help="leave out the throughput of indexing")
    asked = parser.parse_args(arguments)
    rows = run_sizes(
        [int(size) for size in asked.passages.split(",")],
        tenants=asked.tenants,
        runs=asked.runs,
        svg=asked.svg,
        indexing=not asked.no_indexing,
    )
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
