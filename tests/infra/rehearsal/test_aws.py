"""The AWS program, as Terraform's own provider sees it: checked by it, and applied by it to a server that plays AWS.

Needs `terraform` and a mirror with its AWS provider 5.100.0, a folder that CONTEXTFS_TEST_TERRAFORM_MIRROR
names; the second test needs moto too. What moto cannot hold is listed, with the reason.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.contextfs.runtime.processes import free_port
from tests.infra.conftest import PULUMI, ROOT

MIRROR = os.environ.get("CONTEXTFS_TEST_TERRAFORM_MIRROR", "")
VERSION = "5.100.0"
STACK = "aws-us-east-1"
SERVICES = (
    "acm", "apigatewayv2", "appautoscaling", "backup", "budgets", "cloudfront", "cloudwatch", "cloudwatchevents",
    "cloudwatchlogs", "cognitoidp", "ec2", "ecr", "ecs", "elasticache", "elbv2", "iam", "kms", "lambda", "rds", "s3",
    "scheduler", "secretsmanager", "sns", "sqs", "sts", "wafv2",
)  # fmt: skip
NOT_IN_MOTO = {
    "aws_appautoscaling_policy": "its target is missing",
    "aws_appautoscaling_target": "moto does not know ListTagsForResource of Application Auto Scaling",
    "aws_backup_selection": "moto does not know CreateBackupSelection",
    "aws_budgets_budget": "its id begins with the account's number, which the provider does not ask moto for",
    "aws_cloudfront_distribution.api_use1": "its private origin is missing",
    "aws_cloudfront_vpc_origin": "moto does not know private origins",
    "aws_elasticache_replication_group": "moto does not find the members of a group that it made",
    "aws_lambda_invocation": "moto needs Docker to run a function",
}
"""Types, or single resources, that moto cannot hold, and why: the program is applied without them."""

pytestmark = [
    PULUMI,
    pytest.mark.slow,
    pytest.mark.timeout(1800),  # Terraform makes 700 things one by one, and a busy machine takes its time
    pytest.mark.skipif(
        not (MIRROR and shutil.which("terraform")),
        reason="Terraform and its AWS provider are not here: CONTEXTFS_TEST_TERRAFORM_MIRROR names no folder",
    ),
]


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Terraform offline: providers come from the mirror."""
    settings = folder / "terraform.rc"
    settings.write_text(f'provider_installation {{ filesystem_mirror {{ path = "{MIRROR}" }} }}', encoding="utf-8")
    offline = {"TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    command = ["terraform", *arguments, "-no-color"]
    return subprocess.run(command, cwd=folder, env=os.environ | offline, capture_output=True, text=True, check=False)


def document(folder: Path, resources: dict[str, Any], endpoint: str) -> None:
    """Write the program's document, with every service at one address."""
    provider = {
        "region": "us-east-1",
        "access_key": "nobody",
        "secret_key": "nothing",
        "skip_credentials_validation": True,
        "skip_metadata_api_check": True,
        "skip_requesting_account_id": True,
        "skip_region_validation": True,
        "s3_use_path_style": True,
        "endpoints": [dict.fromkeys(SERVICES, endpoint)],
    }
    required = {"aws": {"source": "hashicorp/aws", "version": VERSION}}
    whole = {"terraform": {"required_providers": required}, "provider": {"aws": provider}, "resource": resources}
    (folder / "main.tf.json").write_text(json.dumps({k: v for k, v in whole.items() if v}), encoding="utf-8")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Give a folder where Terraform is ready, and the program's resources in its words."""
    folder = tmp_path_factory.mktemp("terraform")
    document(folder, {}, "http://127.0.0.1:9")
    assert terraform(folder, "init", "-input=false").returncode == 0
    schemas = terraform(folder, "providers", "schema", "-json").stdout
    (folder / "schema.json").write_text(schemas, encoding="utf-8")
    command = [sys.executable, "-m", "tests.infra.rehearsal.draw", STACK, str(folder / "schema.json")]
    drawn = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert drawn.returncode == 0, drawn.stderr
    told: dict[str, Any] = json.loads(drawn.stdout)
    assert told["problems"] == []
    return folder, told["resources"]


def that_moto_can_hold(resources: dict[str, Any]) -> dict[str, Any]:
    """Leave out what moto cannot hold, and whatever waits for it only waits for the rest."""
    kept: dict[str, dict[str, Any]] = {
        kind: {name: dict(body) for name, body in bodies.items() if f"{kind}.{name}" not in NOT_IN_MOTO}
        for kind, bodies in resources.items()
        if kind not in NOT_IN_MOTO
    }
    for body in (body for bodies in kept.values() for body in bodies.values()):
        body.pop("wait_for_steady_state", None)
        if "depends_on" in body:
            body["depends_on"] = [
                one for one in body["depends_on"] if not {one, one.split(".")[0]} & NOT_IN_MOTO.keys()
            ]
    return kept


@pytest.fixture
def moto() -> Iterator[str]:
    """Start a server that plays AWS, and give its address."""
    port = free_port()
    managed = os.environ | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    server = subprocess.Popen(command, env=managed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def test_terraforms_provider_finds_every_input_valid(program: tuple[Path, dict[str, Any]]) -> None:
    folder, resources = program
    document(folder, resources, "http://127.0.0.1:9")

    told = json.loads(terraform(folder, "validate", "-json").stdout)

    assert [(one["summary"], one.get("detail")) for one in told["diagnostics"] if one["severity"] == "error"] == []


@pytest.mark.skipif(find_spec("moto") is None, reason="moto is not installed: pip install 'moto[server]'")
def test_everything_that_moto_can_hold_is_created(program: tuple[Path, dict[str, Any]], moto: str) -> None:
    folder, resources = program
    wanted = that_moto_can_hold(resources)
    document(folder, wanted, moto)

    applied = terraform(folder, "apply", "-input=false", "-auto-approve", "-parallelism=30")
    failed = sorted(set(re.findall(r"with (aws_\w+)\.", applied.stderr)))

    assert failed == [], applied.stderr[-3000:]
    assert f"{sum(map(len, wanted.values()))} added" in applied.stdout
