"""Previews of every stack, each made once, whichever process of the run asks for it first."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from infra.preview import stack_file
from infra.preview.recording import Recording

ROOT = Path(__file__).parent.parent.parent
LARGEST = "gcp-enterprise"
RESOLVED = ("aws-us-east-1 resolved",)
Previews = Callable[[str], Recording]

PULUMI = pytest.mark.skipif(
    find_spec("pulumi_gcp") is None or find_spec("pulumi_aws") is None,
    reason="Pulumi's packages are not installed: pip install --group infra",
)


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the preview's command line."""
    command = [sys.executable, "-m", "infra.preview", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


@pytest.fixture(scope="session")
def previews(tmp_path_factory: pytest.TempPathFactory) -> Previews:
    """Give the recording of a stack, or of `<stack> resolved`. They are made in groups, two at a time."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    pool = ThreadPoolExecutor(2)
    stacks = stack_file.names()
    gcp = [stack for stack in stacks if stack.startswith("gcp") and stack != LARGEST]
    aws = [stack for stack in stacks if stack.startswith("aws")]
    groups = (gcp, [*aws, *RESOLVED], [LARGEST])
    begun = {name: made for group in groups for made in [pool.submit(_recorded, group, shared)] for name in group}
    return lambda name: begun[name].result()[name]


def _recorded(names: list[str], shared: Path) -> dict[str, Recording]:
    """Record stacks, or wait for the process that began to: what it wrote down is empty when it failed."""
    made = shared / f"{names[0]}.recordings"
    try:
        made.with_suffix(".begun").mkdir()
    except FileExistsError:
        while not made.exists():
            time.sleep(0.1)
    else:
        _record(names, made)
    recordings = made.read_bytes()
    assert recordings, f"{', '.join(names)} were not recorded: another process tells why"
    return msgspec.json.decode(recordings, type=dict[str, Recording])


def _record(names: list[str], made: Path) -> None:
    command = [sys.executable, "-m", "tests.infra.recordings", *names]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    written = made.with_suffix(".written")
    written.write_bytes(b"" if ended.returncode else ended.stdout)
    written.replace(made)
    assert ended.returncode == 0, ended.stderr.decode()
