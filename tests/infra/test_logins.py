"""Where an installation says so, programs log in to the database by tokens, and read no password of it."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from infra.config import of_project, read
from infra.plan import plan
from infra.preview import stack_file
from infra.preview.graph import everywhere
from infra.preview.recording import COMPUTED, Recording, Resource
from tests.infra.conftest import PULUMI, Previews

pytestmark = PULUMI
database = pytest.importorskip("infra.aws.database", reason="Pulumi's packages are not installed")

google = pytest.importorskip("infra.gcp.database", reason="Pulumi's packages are not installed")

STACK, GOOGLE = "aws-customer", "gcp-customer"
RUNS = {
    "gcp:cloudrunv2/service:Service",
    "gcp:cloudrunv2/job:Job",
    "gcp:cloudrunv2/workerPool:WorkerPool",
    "gcp:cloudfunctionsv2/function:Function",
}
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


def test_on_google_cloud_each_account_is_a_user_that_the_server_is_vouched_for(previews: Previews) -> None:
    recording = previews(GOOGLE)
    made = plan(read(of_project(stack_file.values(GOOGLE))))
    by_tokens = {f"{grant.workload}-euw4" for grant in made.grants if grant.action == "log in"}
    users = {
        user.name.removesuffix("-logs-in"): user.inputs["name"]
        for user in recording.of("gcp:sql/user:User")
        if user.inputs.get("type") == "CLOUD_IAM_SERVICE_ACCOUNT"
    }
    [instance] = recording.of("gcp:sql/databaseInstance:DatabaseInstance")
    told = {one.name: dict(_given(one)) for one in recording.resources if one.type in RUNS}
    let = told["migrate-pre-euw4"]["CONTEXTFS_DATABASE_USERS"].split()

    assert {name: f"ctx-{name}@customer-project-1.iam" for name in by_tokens} == users
    assert sorted(users.values()) == sorted(let)
    assert {"name": "cloudsql.iam_authentication", "value": "on"} in instance.inputs["settings"]["databaseFlags"]
    assert {name for name, given in told.items() if LOGIN in given} == by_tokens
    for name in by_tokens:
        assert told[name][LOGIN] == "gcp-iam"
        assert "CONTEXTFS_DATABASE_AUTHORITY" in told[name]
        assert told[name]["CONTEXTFS_DATABASE_URL"] == COMPUTED  # an address, and no secret's name


def test_an_address_of_cloud_sql_names_the_user_and_asks_who_vouches() -> None:
    told = google.vouching([SimpleNamespace(cert="new"), SimpleNamespace(cert=None), SimpleNamespace(cert="old")])

    assert told == "new\nold"
    with pytest.raises(ValueError, match="Cloud SQL told no authority"):
        google.vouching([])


def _given(resource: Resource) -> Iterator[tuple[str, Any]]:
    """Give the variables of a program of Google Cloud; of one that comes from a secret, nothing."""
    for path, value in everywhere(resource.inputs):
        if path.endswith(".environmentVariables"):
            yield from value.items()
        elif path.endswith(".envs.*") and "value" in value:
            yield value["name"], value["value"]


def test_other_installations_have_passwords(previews: Previews) -> None:
    recording = previews("aws-us-east-1")
    [proxy] = recording.of("aws:rds/proxy:Proxy")
    told = variables(recording, "aws:lambda/function:Function").values()

    assert ["DISABLED"] == [one["iamAuth"] for one in proxy.inputs["auths"]]
    assert [given for given in told if LOGIN in given] == []


def test_a_policy_names_the_proxy_and_the_role() -> None:
    told = database.logging_in("arn:aws-cn:rds:cn-north-1:123456789012:db-proxy:prx-0a1b")

    assert "arn:aws-cn:rds-db:cn-north-1:123456789012:dbuser:prx-0a1b/contextfs_app" == told
