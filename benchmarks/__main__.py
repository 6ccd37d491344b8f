"""Run benchmarks and print one table: `python -m benchmarks [NAME …]`; without names, all but those that take long."""

import os
import platform
import sys
from importlib import import_module

from benchmarks.measure import Row, table

NAMES = (
    "cli",
    "search",
    "sync",
    "calls",
    "guards",
    "start",
    "imports",
    "importing",
    "indexing",
    "hooks",
    "capture",
    "mcp",
    "size",
)
LONG = ("growth", "rivals")


def main(names: list[str]) -> int:
    """Run the named benchmarks; 2 when there is none of a name."""
    unknown = [name for name in names if name not in {*NAMES, *LONG}]
    if unknown:
        sys.stderr.write(f"There is no benchmark {unknown[0]}: choose from {', '.join((*NAMES, *LONG))}.\n")
        return 2
    rows: list[Row] = []
    for name in names or NAMES:
        rows += import_module(f"benchmarks.{name}").run()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}\n")
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
