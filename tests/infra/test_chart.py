"""The chart for a Kubernetes of one's own: rendered by Helm itself, and held against Kubernetes' own schemas."""

import re
from importlib.util import find_spec
from typing import Any

import helm_python
import kubernetes_validate  # pyright: ignore[reportMissingTypeStubs] - it has none
import pytest
import yaml

from contextfs.adapters.database.migrate import PAUSES
from contextfs.kit.settings import PREFIX, Settings
from contextfs.runtime import job
from tests.house.source import ROOT

CHART = ROOT / "infra" / "selfhost" / "chart"
KUBERNETES = ("1.30", "1.34")
LEAST: dict[str, Any] = {
    "image": {"repository": "registry.example.org/contextfs", "tag": "0.1.0"},
    "secret": "contextfs",
    "owner": {"email": "owner@example.org"},
}
MOST: dict[str, Any] = LEAST | {
    "image": {
        "repository": "registry.example.org/contextfs",
        "digest": f"sha256:{'0' * 64}",
        "pullSecrets": ["registry"],
    },
    "models": {
        "embedder": {"name": "openai:bge-m3@512", "before": "bedrock:cohere.embed-v4:0", "url": "http://bge:8080/v1"},
        "reranker": {"name": "cohere:rerank-v3.5"},
        "language": {"name": "vertex:gemini-2.5-flash", "prices": "0.30/2.50", "cap": 2.5},
    },
    "settings": {"CONTEXTFS_LOG_LEVEL": "warning", "CONTEXTFS_POOL_SIZE": 5},
    "serviceAccount": "contextfs",
    "files": {"claim": "exports"},
    "gateway": {"autoscaling": {"enabled": False}, "replicas": 3},
    "ingress": {"enabled": True, "host": "memory.example.org", "tlsSecret": "tls", "annotations": {"a": "b"}},
    "networkPolicy": {"modelPorts": [8080], "from": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}]},
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "spot", "operator": "Exists"}],
}
BOTH = pytest.mark.parametrize("values", [LEAST, MOST], ids=["least", "most"])
KEYS = {f"CONTEXTFS_{kind}_KEY" for kind in ("EMBEDDER", "RERANKER", "LANGUAGE_MODEL")}
SOME = {"CONTEXTFS_CACHE_URL", "CONTEXTFS_REGION_KEY", "CONTEXTFS_SIGN_IN_SECRET"}
"""Secrets that not every installation has."""
SECRETS = {"CONTEXTFS_KEY_PEPPER", "CONTEXTFS_REDACTION_KEY", job.FOUNDING_SECRET, *KEYS, *SOME} | {
    f"CONTEXTFS_{kind}DATABASE_URL" for kind in ("", "RELAY_", "SQL_", "MIGRATION_")
}
FOUNDING = {job.FOUNDING_EMAIL, job.FOUNDING_ORGANIZATION, job.FOUNDING_PROJECT}
KNOWN = SECRETS | FOUNDING | {f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__}
PARTS = {"gateway", "relay", "worker", "migrate-pre", "migrate-post", "found", "graphs"}


def rendered(values: dict[str, Any], name: str = "memory", *, upgrade: bool = False) -> list[dict[str, Any]]:
    """Render the chart; give what would be made."""
    with helm_python.Chart.load(CHART) as chart:
        texts = chart.render(values, name=name, namespace="memory", is_upgrade=upgrade)
    return [one for path, text in texts.items() if path.endswith(".yaml") for one in yaml.safe_load_all(text) if one]


def pods(values: dict[str, Any], *, upgrade: bool = False) -> dict[str, dict[str, Any]]:
    """Give the pods that run, by the part that they are."""
    made = [one for one in rendered(values, upgrade=upgrade) if one["kind"] in {"Deployment", "Job", "CronJob"}]
    specs = [one["spec"]["jobTemplate"]["spec"] if one["kind"] == "CronJob" else one["spec"] for one in made]
    return {
        one["metadata"]["labels"]["app.kubernetes.io/component"]: spec["template"]["spec"]
        for one, spec in zip(made, specs, strict=True)
    }


def test_what_comes_after_an_upgrade_waits_until_the_programs_of_before_have_ended() -> None:
    """Helm waits until the new ones are ready; those of before have as long as Kubernetes gives them to end."""
    made = pods(LEAST, upgrade=True)
    (after,) = made["migrate-post"]["containers"]
    first = pods(LEAST)["migrate-post"]["containers"][0]["command"]
    waits = re.fullmatch(r"sleep (\d+); exec (.+)", after["command"][2])

    assert waits is not None
    assert int(waits[1]) >= max(pod.get("terminationGracePeriodSeconds", 0) for pod in made.values()) > 0
    assert waits[2].split() == first == ["python", "-m", "contextfs.runtime.job", "migrate-post"]


@BOTH
def test_helm_finds_nothing_to_say(values: dict[str, Any]) -> None:
    report = helm_python.lint(CHART, values, strict=True)

    assert [found["error"] for found in report["messages"]] == ["icon is recommended"]


@BOTH
@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_would_take_it(values: dict[str, Any], version: str) -> None:
    for one in rendered(values):
        kubernetes_validate.validate(one, version, strict=True)


def test_a_word_that_kubernetes_does_not_know_is_found() -> None:
    wrong: dict[str, Any] = rendered(LEAST)[0] | {"spek": None}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES[-1], strict=True)


def test_who_the_cloud_knows_runs_everything_where_one_is_named() -> None:
    def reached(values: dict[str, Any]) -> list[Any]:
        policies = [one for one in rendered(values) if one["kind"] == "NetworkPolicy"]
        return [rule["to"] for one in policies for rule in one["spec"].get("egress", ()) if "to" in rule]

    assert {"contextfs"} == {pod["serviceAccountName"] for pod in pods(MOST).values()}
    assert [[{"ipBlock": {"cidr": "169.254.0.0/16"}}]] == reached(MOST)
    assert not any("serviceAccountName" in pod for pod in pods(LEAST).values())
    assert [] == reached(LEAST)


@BOTH
def test_everything_runs_without_rights(values: dict[str, Any]) -> None:
    running = pods(values)

    assert set(running) == PARTS
    for pod in running.values():
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]


@BOTH
def test_secrets_come_from_the_secret_and_every_setting_is_known(values: dict[str, Any]) -> None:
    for pod in pods(values).values():
        for setting in pod["containers"][0]["env"]:
            assert setting["name"] in KNOWN
            assert (setting["name"] in SECRETS) == ("valueFrom" in setting)


def test_secrets_that_not_everybody_has_may_be_missing() -> None:
    def read(part: str) -> dict[str, bool]:
        (container,) = pods(LEAST)[part]["containers"]
        named = {one["name"]: one.get("valueFrom", {}).get("secretKeyRef", {}) for one in container["env"]}
        return {name: named[name].get("optional", False) for name in SOME & named.keys()}

    everywhere = {"CONTEXTFS_REGION_KEY": True}
    assert read("gateway") == dict.fromkeys(SOME, True)
    assert read("relay") == read("worker") == everywhere | {"CONTEXTFS_CACHE_URL": True}
    assert read("migrate-pre") == read("found") == everywhere
    assert read("graphs") == {}


def test_only_the_jobs_know_the_owner_of_the_database() -> None:
    knowing = {
        part
        for part, pod in pods(LEAST).items()
        if any(setting["name"] == job.OWNER for setting in pod["containers"][0]["env"])
    }

    assert knowing == {"migrate-pre", "migrate-post", "found", "graphs"}


def settings(values: dict[str, Any], part: str) -> dict[str, str]:
    """Give the plain settings of a part."""
    (container,) = pods(values)[part]["containers"]
    return {setting["name"]: setting["value"] for setting in container["env"] if "value" in setting}


def test_models_are_asked_by_the_gateway_and_the_worker_and_a_key_may_be_missing() -> None:
    asked = {
        "CONTEXTFS_EMBEDDER": "openai:bge-m3@512",
        "CONTEXTFS_EMBEDDER_BEFORE": "bedrock:cohere.embed-v4:0",
        "CONTEXTFS_EMBEDDER_URL": "http://bge:8080/v1",
        "CONTEXTFS_RERANKER": "cohere:rerank-v3.5",
        "CONTEXTFS_LANGUAGE_MODEL": "vertex:gemini-2.5-flash",
        "CONTEXTFS_LANGUAGE_MODEL_PRICES": "0.30/2.50",
        "CONTEXTFS_LANGUAGE_MODEL_CAP": "2.5",
    }
    (container,) = pods(MOST)["gateway"]["containers"]
    keys = {one["name"]: one["valueFrom"]["secretKeyRef"] for one in container["env"] if one["name"] in KEYS}

    for part in ("gateway", "worker"):
        assert asked.items() <= settings(MOST, part).items()
    assert not asked.keys() & (settings(MOST, "relay").keys() | settings(LEAST, "gateway").keys())
    assert {name: {"name": "contextfs", "key": name, "optional": True} for name in KEYS} == keys


def test_every_program_that_is_named_is_there() -> None:
    commands = {tuple(pod["containers"][0]["command"]) for pod in pods(LEAST).values()}

    assert {command[3] for command in commands} == {
        "gateway",
        "relay",
        "worker",
        "migrate-pre",
        "migrate-post",
        "found",
        "graphs",
    }
    assert all(command[:2] == ("python", "-m") and find_spec(command[2]) is not None for command in commands)


def test_the_schema_is_there_before_what_needs_it() -> None:
    hooks = {
        one["spec"]["template"]["spec"]["containers"][0]["name"]: one["metadata"]["annotations"]
        for one in rendered(LEAST)
        if one["kind"] == "Job"
    }

    assert hooks["migrate-pre"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert hooks["migrate-post"]["helm.sh/hook"] == hooks["found"]["helm.sh/hook"] == "post-install,post-upgrade"
    assert int(hooks["migrate-post"]["helm.sh/hook-weight"]) < int(hooks["found"]["helm.sh/hook-weight"])


def test_migrations_end_before_helm_stops_waiting_and_after_what_they_may_wait_for() -> None:
    jobs = [one["spec"] for one in rendered(LEAST) if one["kind"] == "Job"]
    (waits,) = set(re.findall(r"--wait --timeout (\d+)m", (ROOT / "docs/guides/deploy.md").read_text("utf-8")))
    for_transactions = 10 * 60  # the build of an index waits for those that were there before it

    for spec in jobs:
        assert for_transactions + sum(PAUSES) < spec["activeDeadlineSeconds"] < int(waits) * 60


def test_the_gateway_is_probed_and_drains() -> None:
    pod = pods(LEAST)["gateway"]
    (container,) = pod["containers"]

    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert pod["terminationGracePeriodSeconds"] > 30 + container["lifecycle"]["preStop"]["sleep"]["seconds"]


def test_who_scales_the_gateway_says_how_many_there_are() -> None:
    def kinds(values: dict[str, Any]) -> tuple[bool, int | None]:
        made = rendered(values)
        gateway = next(
            one for one in made if one["metadata"]["name"] == "memory-gateway" and one["kind"] == "Deployment"
        )
        return any(one["kind"] == "HorizontalPodAutoscaler" for one in made), gateway["spec"].get("replicas")

    assert (kinds(LEAST), kinds(MOST)) == ((True, None), (False, 3))


def test_nothing_reaches_the_relay_and_the_worker() -> None:
    policies = [one["spec"] for one in rendered(MOST) if one["kind"] == "NetworkPolicy"]
    everything, gateway = policies

    ports = [one["port"] for rule in everything["egress"] for one in rule["ports"]]

    assert ports == [53, 53, 5432, 4318, 443, 8080, 80, 988]
    assert "ingress" not in everything
    assert "Ingress" in everything["policyTypes"]
    assert gateway["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == "gateway"
    assert gateway["ingress"][0]["from"] == MOST["networkPolicy"]["from"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": ""},
        {"secret": "Not A Name"},
        {"owner": {"email": "nobody"}},
        {"image": {"repository": "", "tag": "1"}},
        {"image": {"repository": "r"}},
        {"image": {"repository": "r", "digest": "sha256:0"}},
        {"ingress": {"enabled": True}},
        {"settings": {"LOG_LEVEL": "debug"}},
        {"models": {"embedder": {"name": "bge-m3"}}},
        {"models": {"reranker": {"name": "openai:gpt"}}},
        {"models": {"reranker": {"name": "cohere:r", "url": "localhost:8080"}}},
        {"models": {"language": {"name": "openai:gpt"}}},
        {"gateway": {"replicas": 0}},
        {"image": {"repository": "a b", "tag": "1"}},
        {"image": {"repository": "registry/Upper", "tag": "1"}},
        {"ingress": {"enabled": True, "host": "a\nspec: b", "tlsSecret": "tls"}},
        {"settings": {"CONTEXTFS_KEY_PEPPER": "in the open"}},
        {"image": {"repository": "registry:5000", "tag": "1"}},
        {"image": {"repository": "r.example/a..b", "tag": "1"}},
        {"image": {"repository": "r.example/a/", "tag": "1"}},
        {"settings": {"CONTEXTFS_EMBEDDER_KEY": "in the open"}},
        *({"settings": {name: "in the open"}} for name in sorted(SOME)),
        *(
            {"models": {kind: model}, "settings": {f"CONTEXTFS_{variable}": "another"}}
            for kind, model, variable in (
                ("embedder", {"name": "openai:one"}, "EMBEDDER"),
                ("embedder", {"name": "openai:one"}, "EMBEDDER_URL"),
                ("embedder", {"before": "openai:one"}, "EMBEDDER_BEFORE"),
                ("reranker", {"name": "cohere:one"}, "RERANKER"),
                ("language", {"name": "openai:one", "prices": "1/2"}, "LANGUAGE_MODEL_CAP"),
            )
        ),
        {"files": {"claim": "exports"}, "settings": {"CONTEXTFS_FILES": "s3://bucket"}},
        {"replicas": 3},
    ],
)
def test_values_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(helm_python.HelmError):
        rendered(LEAST | wrong)


@pytest.mark.parametrize(
    "repository",
    ["my_image", "org_x/img", "a__b/c--d.e", "Registry.example/img", "localhost:5000/img", "[::1]:5000/img"],
)
def test_every_name_of_an_image_is_taken(repository: str) -> None:
    image = pods(LEAST | {"image": {"repository": repository, "tag": "1"}})["gateway"]["containers"][0]["image"]

    assert f"{repository}:1" == image


def test_models_may_be_told_by_their_variables_where_none_is_named() -> None:
    told = {
        "CONTEXTFS_EMBEDDER": "local",
        "CONTEXTFS_RERANKER_URL": "http://reranker:8080",
        "CONTEXTFS_EMBEDDER_URL": "u",
    }

    assert told.items() <= settings(LEAST | {"settings": told}, "gateway").items()


NUMBERS: dict[str, Any] = LEAST | {
    "image": {"repository": "registry", "tag": "1e3", "pullSecrets": ["123"]},
    "secret": "123",
    "serviceAccount": "1e3",
    "files": {"claim": "007"},
    "ingress": {"enabled": True, "host": "1.5", "tlsSecret": "null", "className": "1"},
}


@pytest.mark.parametrize("name", ["123", "true", "1e3"])
def test_names_that_yaml_takes_for_something_else_stay_names(name: str) -> None:
    for one in rendered(NUMBERS, name=name):
        kubernetes_validate.validate(one, KUBERNETES[-1], strict=True)


def test_a_long_name_of_a_release_still_fits() -> None:
    names = [one["metadata"]["name"] for one in rendered(LEAST, name="a" * 53)]

    assert max(map(len, names)) <= 63
