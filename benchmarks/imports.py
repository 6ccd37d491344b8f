"""What loading a target costs: the CPU before a serverless function can take its first call.

Each is loaded as Lambda's host loads it, the web app of an API door with it, in a fresh interpreter that finds compiled
modules as it does in the image.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, row
from contextfs.runtime.wiring import routes, schedules, triggers

RUNS = 5
WORST = 5
"""How many of each kind are shown."""
_SETTINGS = {
    "CONTEXTFS_DATABASE_URL": "host=127.0.0.1 port=9 dbname=none",
    "CONTEXTFS_KEY_PEPPER": "pepper-for-benchmarks-" * 2,
    "CONTEXTFS_REDACTION_KEY": "redaction-key-for-benchmarks-" * 2,
}
_KEYS = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
_AT_START = f"""
from contextfs.adapters.clouds.aws import signing
from contextfs.adapters.clouds.aws.secrets_at_start import SERVICE, SecretsAtStart
from contextfs.kit.clock import system_clock
SecretsAtStart(signing.by_variables({_KEYS}, SERVICE), {{}}, system_clock)
"""
_BY_LIBRARY = """
from contextfs.adapters.clouds.aws.secrets import SecretsManager
SecretsManager(region="us-east-1")
"""


def run() -> list[Row]:
    """Load every service of the API, and every trigger and schedule, against an interpreter that loads nothing."""
    services = {route.group: "≤ 0.3 s" for route in routes()}
    events = {one.target: "≤ 0.7 s" for one in (*triggers(), *schedules())}
    with TemporaryDirectory() as compiled:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= _SETTINGS | {"PYTHONPYCACHEPREFIX": compiled}
        floor = [_cpu_seconds("pass", environment) for _ in range(RUNS)]
        return [
            *_worst(services, floor, environment),
            *_worst(events, floor, environment),
            _secrets(environment | _KEYS),
        ]


def _secrets(environment: Mapping[str, str]) -> Row:
    """Make ready to read secrets as a start on Lambda does, against AWS's own library."""
    pairs = [(_cpu_seconds(_AT_START, environment), _cpu_seconds(_BY_LIBRARY, environment)) for _ in range(RUNS + 1)]
    ours, theirs = zip(*pairs[1:], strict=True)
    return row("load what reads secrets on Lambda", "boto3", (ours, theirs), goal="≤ 1/3", unit="s CPU")


def _worst(goals: Mapping[str, str], floor: list[float], environment: Mapping[str, str]) -> list[Row]:
    rows: list[Row] = []
    for target, goal in goals.items():
        code = f"from contextfs.runtime.aws import function; function({target!r})"
        _cpu_seconds(code, environment)  # compiles
        times = [_cpu_seconds(code, environment) for _ in range(RUNS)]
        rows.append(row(f"load {target}", "python -c pass", (times, floor), goal=goal, unit="s CPU"))
    return sorted(rows, key=lambda one: -one.ours)[:WORST]


def _cpu_seconds(code: str, environment: Mapping[str, str]) -> float:
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(environment))
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system
