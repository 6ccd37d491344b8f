"""Previews of every stack, each made once."""

import subprocess
import sys
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
def previews() -> Previews:
    """Give the recording of a stack, or of `<stack> resolved`. They are made in groups, two at a time."""
    pool = ThreadPoolExecutor(2)
    stacks = stack_file.names()
    gcp = [stack for stack in stacks if stack.startswith("gcp") and stack != LARGEST]
    aws = [stack for stack in stacks if stack.startswith("aws")]
    groups = (gcp, [*aws, *RESOLVED], [LARGEST])
    begun = {name: made for group in groups for made in [pool.submit(_record, group)] for name in group}
    return lambda name: begun[name].result()[name]


def _record(names: list[str]) -> dict[str, Recording]:
    command = [sys.executable, "-m", "tests.infra.recordings", *names]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return msgspec.json.decode(ended.stdout, type=dict[str, Recording])
