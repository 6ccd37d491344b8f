"""Previews of every stack, each made once."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from infra.preview.recording import Recording

ROOT = Path(__file__).parent.parent.parent
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
    """Give the recording of a stack, or of `<stack> resolved`. Those of a cloud are made together, by one process."""
    pool = ThreadPoolExecutor(2)
    clouds = {cloud: pool.submit(_record, cloud) for cloud in ("gcp", "aws")}
    return lambda name: clouds[name.split("-")[0]].result()[name]


def _record(cloud: str) -> dict[str, Recording]:
    command = [sys.executable, "-m", "tests.infra.recordings", cloud]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return msgspec.json.decode(ended.stdout, type=dict[str, Recording])
