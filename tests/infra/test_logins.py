"""Where an installation says so, programs log in to the database by tokens, and read no password of it."""

from typing import Any

import pytest

from infra.config import of_project, read
from infra.plan import plan
from infra.preview import stack_file
from infra.preview.recording import Recording
from tests.infra.conftest import PULUMI, Previews

pytestmark = PULUMI
database = pytest.importorskip("infra.aws.database", reason="Pulumi's packages are not installed")

STACK = "aws-customer"
LOGIN = "CONTEXTFS_DATABASE_LOGIN"


def variables(recording: Recording, kind: str) -> dict[str, dict[str, Any]]:
    """Give the variables of all functions, by their resource's name."""
    return {one.name: one.inputs["environment"]["variables"] for one in recording.of(kind)}


def test_the_proxy_takes_tokens_alone_and_functions_send_them(previews: Previews) -> None:
    recording = previews(STACK)
    made = plan(read(of_project(stack_file.values(STACK))))
    by_tokens = {grant.workload for grant in made.grants if grant.action == "log in"}
    [proxy] = recording.of("aws:rds/proxy:Proxy")
    functions = variables(recording, "aws:lambda/function:Function")

    assert ["REQUIRED"] == [one["iamAuth"] for one in proxy.inputs["auths"]]
    assert "aws-iam" == functions["on-embed-euc1"][LOGIN]
    assert {name for name, given in functions.items() if LOGIN in given} <= {f"{name}-euc1" for name in by_tokens}
    assert LOGIN not in functions["migrate-pre-euc1"]


def test_other_installations_have_passwords(previews: Previews) -> None:
    recording = previews("aws-us-east-1")
    [proxy] = recording.of("aws:rds/proxy:Proxy")
    told = variables(recording, "aws:lambda/function:Function").values()

    assert ["DISABLED"] == [one["iamAuth"] for one in proxy.inputs["auths"]]
    assert [given for given in told if LOGIN in given] == []


def test_a_policy_names_the_proxy_and_the_role() -> None:
    told = database.logging_in("arn:aws-cn:rds:cn-north-1:123456789012:db-proxy:prx-0a1b")

    assert "arn:aws-cn:rds-db:cn-north-1:123456789012:dbuser:prx-0a1b/contextfs_app" == told
