"""The offline preview, with no account and no network: the tree that reviewers read, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.preview import stack_file
from infra.preview.recording import COMPUTED, SECRET, Resource, ordered, plain
from infra.preview.tree import lines
from tests.infra.conftest import PULUMI, ROOT, Previews, run

STACKS = stack_file.names()
ASKED_BY = ("search", "context", "gateway")
_EMBEDS, _RANKS = "roles/aiplatform.user", COMPUTED


@PULUMI
@pytest.mark.parametrize("stack", STACKS)
def test_the_tree_that_is_checked_in_is_fresh(stack: str, previews: Previews) -> None:
    checked_in = (ROOT / f"infra/stacks/{stack}.txt").read_text(encoding="utf-8")

    assert checked_in.splitlines() == list(lines(previews(stack))), f"make preview STACK={stack} WRITE=1"


@PULUMI
@pytest.mark.parametrize("stack", STACKS)
def test_a_preview_warns_of_nothing(stack: str, previews: Previews) -> None:
    assert previews(stack).warnings == ()


@PULUMI
def test_secrets_and_what_only_a_cloud_knows_are_marked(previews: Previews) -> None:
    recording = previews("gcp-us-central1")
    version = next(r for r in recording.resources if r.type.endswith("SecretVersion") and r.name == "database-url-usc1")

    assert {"secret": COMPUTED, "secretData": SECRET} == {
        name: version.inputs[name] for name in ("secret", "secretData")
    }


@PULUMI
def test_dependencies_are_those_of_the_program(previews: Previews) -> None:
    recording = previews("gcp-us-central1")
    names = {urn: resource.name for urn, resource in recording.by_urn().items()}
    group = next(r for r in recording.resources if r.type.endswith(":RegionNetworkEndpointGroup"))

    assert [names[urn] for urn in group.property_dependencies["cloudRun"]] == [group.name]


@PULUMI
def test_regions_that_all_serve_share_one_secret_and_their_calls_pass_the_rate(previews: Previews) -> None:
    recording = previews("gcp-enterprise")
    names = {urn: resource.name for urn, resource in recording.by_urn().items()}
    keys = [
        r for r in recording.of("gcp:secretmanager/secretVersion:SecretVersion") if r.name.startswith("region-key-")
    ]
    [policy] = recording.of("gcp:compute/securityPolicy:SecurityPolicy")
    first = min(policy.inputs["rules"], key=lambda rule: rule["priority"])

    assert [{"region-key"}] * 6 == [{names[urn] for urn in key.property_dependencies["secretData"]} for key in keys]
    assert ("other regions", "allow") == (first["description"], first["action"])
    assert 6 == len(first["match"]["config"]["srcIpRanges"])
    assert 6 == sum(names[urn].startswith("egress-") for urn in policy.property_dependencies["rules"])


@PULUMI
def test_the_services_that_let_people_in_are_told_of_the_pool_and_no_other_is(previews: Previews) -> None:
    recording = previews("aws-us-east-1 resolved")
    functions = list(recording.of("aws:lambda/function:Function"))
    told = {one.name: one.inputs["environment"]["variables"].get("CONTEXTFS_SIGN_IN") for one in functions}
    for task in recording.of("aws:ecs/taskDefinition:TaskDefinition"):
        [container] = json.loads(task.inputs["containerDefinitions"])
        variables = {one["name"]: one["value"] for one in container["environment"]}
        told[task.name] = variables.get("CONTEXTFS_SIGN_IN")

    setting = "cognito:<UserPool people.id>/<UserPoolClient studio.id>"
    assert {name: one for name, one in told.items() if one} == {"auth-use1": setting, "gateway-use1": setting}


@PULUMI
def test_a_standby_copies_and_rests(previews: Previews) -> None:
    recording = previews("gcp-team")
    databases = {
        r.name: r.inputs.get("instanceType") for r in recording.of("gcp:sql/databaseInstance:DatabaseInstance")
    }
    clocks = {r.name: r.inputs["paused"] for r in recording.of("gcp:cloudscheduler/job:Job")}

    assert databases == {
        "postgres-usc1": "CLOUD_SQL_INSTANCE",
        "postgres-use4": "READ_REPLICA_INSTANCE",
        "postgres-usw1": "READ_REPLICA_INSTANCE",
    }
    assert {name for name, paused in clocks.items() if not paused} == {
        "complete-idle-usc1",
        "consolidate-usc1",
        "expire-usc1",
        "relay-outbox-usc1",
        "reread-usc1",
        "graphs-usc1",
        "reseal-usc1",
        "seal-audit-usc1",
        "stream-audit-usc1",
    }


@PULUMI
def test_on_google_cloud_a_reranker_is_asked_by_a_role_of_its_own_where_one_is_chosen(previews: Previews) -> None:
    def roles(stack: str) -> dict[str, str]:
        made = previews(stack).of("gcp:projects/iAMMember:IAMMember")
        return {one.name.rsplit("-", 1)[0]: one.inputs["role"] for one in made if "-calls-" in one.name}

    def apis(stack: str) -> set[str]:
        return {one.name for one in previews(stack).of("gcp:projects/service:Service")}

    both, alone = roles("gcp-asia-east1"), roles("gcp-us-central1")

    assert {
        **dict.fromkeys((f"{who}-calls-reranker" for who in ASKED_BY), _RANKS),
        **dict.fromkeys((f"{who}-calls-embedder" for who in (*ASKED_BY, "admin", "on-embed", "on-reindex")), _EMBEDS),
        "on-read-calls-models": _EMBEDS,
    } == both
    [ranker] = previews("gcp-asia-east1").of("gcp:projects/iAMCustomRole:IAMCustomRole")
    assert ranker.inputs["permissions"] == ["discoveryengine.rankingConfigs.rank"]
    assert {"on-read-calls-models": _EMBEDS} == alone
    assert {"discoveryengine"} == apis("gcp-asia-east1") & {"discoveryengine"}
    assert "discoveryengine" not in apis("gcp-us-central1")
    assert {"aiplatform"} <= apis("gcp-us-central1")


@PULUMI
def test_on_aws_a_workload_asks_the_models_that_were_chosen_for_it_and_no_other(previews: Previews) -> None:
    asked = {
        role.name.rsplit("-", 1)[0]: tuple(
            resource.removeprefix("arn:aws:bedrock:us-east-1::foundation-model/")
            for statement in json.loads(role.inputs["policy"])["Statement"]
            if statement["Action"] == ["bedrock:InvokeModel"]
            for resource in statement["Resource"]
        )
        for role in previews("aws-us-east-1 resolved").of("aws:iam/rolePolicy:RolePolicy")
    }
    titan, cohere = "amazon.titan-embed-text-v2:0", "cohere.rerank-v3-5:0"

    assert {
        **dict.fromkeys(ASKED_BY, (titan, cohere)),
        **dict.fromkeys(("admin", "on-embed", "on-reindex"), (titan,)),
        "on-read": ("amazon.nova-lite-v1:0",),
    } == {name: models for name, models in asked.items() if models}


@PULUMI
def test_where_all_serve_no_region_knows_the_stores_of_another(previews: Previews) -> None:
    recording = previews("gcp-enterprise")
    shorts = {r.name.removeprefix("topics-") for r in recording.resources if r.type == "contextfs:gcp:Topics"}
    mixed = [
        (resource.name, urn)
        for resource in recording.resources
        for urn in resource.dependencies
        for short in shorts
        if resource.name.endswith(f"-{short}") and any(urn.endswith(f"-{other}") for other in shorts - {short})
    ]

    assert len(shorts) == 6
    assert mixed == []


@PULUMI
def test_json_holds_every_resource_with_its_inputs_and_dependencies(previews: Previews) -> None:
    ended = run("gcp-europe-west1", "--json")
    told = json.loads(ended.stdout)

    assert ended.returncode == 0
    assert {"urn", "type", "name", "parent", "inputs", "dependencies", "property_dependencies"} <= set(
        told["resources"][0]
    )
    assert len(told["resources"]) == len(previews("gcp-europe-west1").resources)


@PULUMI
@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ("pulumi.Output.from_input(1).apply(lambda one: one / 0)", "division by zero"),
        ("[pulumi_random.RandomId('one', byte_length=4) for _ in 'ab']", "Duplicate resource URN"),
        ("missing()", "name 'missing' is not defined"),
    ],
    ids=["a value", "a resource", "the program"],
)
def test_a_program_that_fails_ends_with_what_failed(ends: str, told: str) -> None:
    program = f"""
import pulumi, pulumi_random
from infra.preview.engine import record

def program():
    kept = pulumi_random.RandomId("kept", byte_length=4)
    pulumi.export("later", kept.hex.apply(str.upper))
    {ends}

print(record(program, "broken", {{}}).error)
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert told in ended.stdout, ended.stderr


def test_a_stack_that_is_not_there_is_named_with_those_that_are() -> None:
    ended = run("gcp-mars")

    assert ended.returncode == 2
    assert ended.stderr.decode().startswith("There is no stack 'gcp-mars': choose from aws-customer, aws-us-east-1, ")
    assert ended.stdout == b""


@PULUMI
@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("contextfs:regions: [us-central1, us-east4]", "contextfs:tier: single takes one region"),
        ("contextfs:size: huge", "contextfs:size: 'huge' is none of small, medium, large."),
        ("contextfs:residency: [eu]", "us-central1 is in us, and data may only be in eu"),
    ],
)
def test_a_config_that_cannot_work_ends_the_program_before_any_resource(
    line: str, sentence: str, tmp_path: Path
) -> None:
    text = (ROOT / "infra/stacks/Pulumi.gcp-us-central1.yaml").read_text(encoding="utf-8")
    name = line.split(": ", maxsplit=1)[0]
    kept = [known for known in text.splitlines() if not known.strip().startswith(f"{name}:")]
    (tmp_path / "Pulumi.broken.yaml").write_text("\n".join([*kept, f"  {line}"]), encoding="utf-8")

    ended = run("broken", "--folder", str(tmp_path))

    assert ended.returncode == 2
    assert sentence in ended.stderr.decode()
    assert "Traceback" not in ended.stderr.decode()


def test_a_stack_file_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.broken.yaml").write_text("config: [", encoding="utf-8")

    ended = run("broken", "--folder", str(tmp_path))

    assert ended.returncode == 2
    assert "Pulumi.broken.yaml is not YAML" in ended.stderr.decode()


def test_values_are_read_off_the_wire() -> None:
    mark = "4dabf18193072939515e22adb298388d"
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    secret = {mark: "1b47061264138c4ac30d75fd1eb44270", "value": "hunter2"}
    output = {mark: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "plain"}

    assert {"a": [COMPUTED, 3, 2.5], "b": SECRET, "c": "plain"} == plain(
        {"a": [unknown, 3.0, 2.5], "b": secret, "c": output}
    )


def test_the_order_of_a_tree_does_not_depend_on_arrival() -> None:
    def made(urn: str, parent: str) -> Resource:
        return Resource(
            urn=urn,
            type="t",
            name=urn,
            parent=parent,
            custom=True,
            inputs={},
            dependencies=(),
            property_dependencies={},
        )

    parent, first, second = made("p", ""), made("a", "p"), made("b", "p")

    assert (parent, first, second) == ordered([second, parent, first])
