"""What each program of the image takes to load: CPU seconds in a fresh interpreter, inside the image, as its user."""

import msgspec

from functions.manifest import ROUTES, SCHEDULES, TRIGGERS
from infra.image.building import Image

MOST_DOOR = 0.3
MOST_EVENT = 0.7
"""CPU seconds, of a machine that does nothing else."""

ENVIRONMENT = {
    "CONTEXTFS_DATABASE_URL": "host=127.0.0.1 port=9 dbname=none",
    "CONTEXTFS_KEY_PEPPER": "pepper-of-a-rehearsal-" * 2,
    "CONTEXTFS_REDACTION_KEY": "redaction-key-of-a-rehearsal-" * 2,
}
_INSIDE = """
import json, os, subprocess, sys

def loaded(code):
    before = os.times()
    done = subprocess.run([sys.executable, "-v", "-c", code], capture_output=True, text=True, check=False)
    after = os.times()
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("# code object from ")]
    return sum(not line.endswith(".pyc") and ".pyc'" not in line for line in lines)

def seconds(code):
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system

targets, runs = json.load(sys.stdin)
load = "from contextfs.runtime.gcp import function; function({!r})".format
print(json.dumps({
    "uid": os.getuid(),
    "targets": {name: min(seconds(load(name)) for _ in range(runs)) for name in targets},
    "compiled": {name: loaded(load(name)) for name in targets[:1] + targets[-1:]},
}))
"""


class Loaded(msgspec.Struct, frozen=True):
    """What was seen: as which user, and how long each target took; a start that compiles any module is a slow one."""

    uid: int
    targets: dict[str, float]
    compiled: dict[str, int]


def doors() -> tuple[str, ...]:
    """The services of the API: a noun each."""
    return tuple(sorted({row.name.split(".")[0] for row in ROUTES}))


def events() -> tuple[str, ...]:
    """The consumers of events, and what a clock calls."""
    return tuple(sorted(row.name.replace(".", "_") for row in (*TRIGGERS, *SCHEDULES)))


def load(image: Image, *, runs: int = 1) -> Loaded:
    """Load every target in the image, `runs` times each; the least counts."""
    told = msgspec.json.encode(([*doors(), *events()], runs)).decode()
    return msgspec.json.decode(image.run("python", "-c", _INSIDE, environment=ENVIRONMENT, told=told), type=Loaded)
