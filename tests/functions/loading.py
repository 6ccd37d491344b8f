"""Load all targets the way a host does, and print what each of them loads: `python -m tests.functions.loading HOST`.

With names of rows behind the host, only these are loaded.

Hosts: `handlers` (the handler's module alone), `gcp` (by main.py), `aws`. One interpreter loads them one after the
other, so a module is told of the first that loads it. What the interpreter or the host loads by itself is not told.
"""

import json
import sys
import threading
from collections.abc import Callable
from importlib import import_module

from functions.manifest import ROUTES, SCHEDULES, TRIGGERS

ROWS = (*SCHEDULES, *TRIGGERS, *ROUTES)


def handlers() -> Callable[[str, str], object]:
    """Load a handler alone."""
    return lambda name, _target: import_module(f"functions.{name}")


def gcp() -> Callable[[str, str], object]:
    """Load a target as functions-framework does; the framework itself is there already."""
    import_module("functions_framework.aio")
    return lambda _name, target: getattr(import_module("main"), target)


def aws() -> Callable[[str, str], object]:
    """Load a target as Lambda's runtime client does."""
    import_module("awslambdaric.bootstrap")
    return lambda _name, target: import_module("contextfs.runtime.aws").function(target)


def main(host: str, *names: str) -> None:
    """Print a JSON object: the modules that each row loads, and the threads that it starts."""
    load = {"handlers": handlers, "gcp": gcp, "aws": aws}[host]()
    loaded: dict[str, dict[str, object]] = {}
    for row in (row for row in ROWS if not names or row.name in names):
        before, threads = set(sys.modules), threading.active_count()
        load(row.name, row.target)
        loaded[row.name] = {
            "modules": sorted(set(sys.modules) - before),
            "threads": threading.active_count() - threads,
        }
    sys.stdout.write(json.dumps(loaded))


if __name__ == "__main__":
    main(*sys.argv[1:])
