"""A config that cannot work is refused with a sentence that says what, where, and the cure."""

import json
from typing import Any

import pytest

from infra.config import Refused, read

GOOD: dict[str, str] = {
    "cloud": "gcp",
    "account": "demo-project",
    "regions": '["us-central1"]',
    "domain": "memory.example.com",
    "alerts": "operations@example.com",
}
AWS = {**GOOD, "cloud": "aws", "account": "123456789012", "regions": '["us-east-1"]'}
KEY = "projects/p/locations/{}/keyRings/r/cryptoKeys/k"


def given(base: dict[str, str] = GOOD, **changes: Any) -> dict[str, str]:
    """Change a good config; None takes a value out, lists and objects become JSON as Pulumi hands them over."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in changes.items()}
    return {name: text for name, text in {**base, **texts}.items() if text != "null"}


def test_a_good_config_is_read() -> None:
    config = read(given(cache="true", budget="100", billingAccount="0A-1B-2C", size="large"))

    assert (True, 100, "0A-1B-2C", "large") == (config.cache, config.budget, config.billing_account, config.size)
    assert config.home == "us-central1"


@pytest.mark.parametrize(
    "models",
    [
        {"embedder": "gemini-embedding-001@768", "reranker": "semantic-ranker-default@latest"},
        {"embedderBefore": "text-embedding-005"},
    ],
)
def test_models_of_vertex_ai_are_read(models: dict[str, str]) -> None:
    config = read({**GOOD, **models})

    assert models.get("embedder") == config.embedder
    assert models.get("embedderBefore") == config.embedder_before
    assert models.get("reranker") == config.reranker


@pytest.mark.parametrize("profile", ["", "us."])
def test_models_of_bedrock_are_read_where_they_stay_in_the_jurisdiction(profile: str) -> None:
    models = {"embedder": f"{profile}amazon.titan-embed-text-v2:0@512", "reranker": f"{profile}cohere.rerank-v3-5:0"}
    config = read({**given(AWS, residency=["us"]), **models})

    assert (models["embedder"], models["reranker"]) == (config.embedder, config.reranker)


def test_the_active_region_is_home() -> None:
    regions = ["us-central1", "us-east4"]

    assert read(given(tier="active-passive", regions=regions)).home == "us-central1"
    assert read(given(tier="active-passive", regions=regions, active="us-east4")).home == "us-east4"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cloud": None}, "contextfs:cloud is missing: pulumi config set contextfs:cloud …"),
        ({"cloud": "azure"}, "contextfs:cloud: 'azure' is none of gcp, aws."),
        ({"tire": "single"}, "contextfs:tire is not a setting: did you mean tier?"),
        ({"regions": "us-central1"}, "contextfs:regions: write a list as JSON: '[\"…\"]'."),
        ({"regions": "[us-central1"}, "contextfs:regions is not JSON"),
        (
            {"regions": ["us-centrel1"]},
            "us-centrel1' is not a region of gcp that is known here: did you mean us-central1?",
        ),
        ({"regions": ["us-east-1"]}, "'us-east-1' is not a region of gcp that is known here: did you mean us-east1?"),
        ({"regions": ["us-west1", "us-west1"]}, "contextfs:regions: one of them is listed twice: remove it."),
        ({"regions": []}, "contextfs:tier: single takes one region, and contextfs:regions has 0."),
        ({"tier": "active-passive"}, "active-passive takes two to five regions, and contextfs:regions has 1."),
        ({"active": "us-central1"}, "contextfs:active: only the tier active-passive has one active region."),
        (
            {"tier": "active-passive", "regions": ["us-west1", "us-east4"], "active": "us-east1"},
            "contextfs:active: us-east1 is not one of contextfs:regions.",
        ),
        (
            {"residency": ["eu"]},
            "us-central1 is in us, and data may only be in eu: remove the region, or widen contextfs:residency.",
        ),
        ({"residency": ["eua"]}, "contextfs:residency"),
        (
            {"languageModel": "m", "languageModelPrices": "1/2", "regions": ["us-west2"]},
            "languageModel: us-west2 offers no",
        ),
        ({"languageModel": "m"}, "contextfs:languageModelPrices is missing"),
        ({"languageModel": "a model"}, "contextfs:languageModel: it is written as the name"),
        ({"embedder": "m", "regions": ["us-west2"]}, "contextfs:embedder: us-west2 offers no models"),
        ({"embedder": "m@many"}, "contextfs:embedder: it is written as the name"),
        ({"egressPorts": [8088]}, "contextfs:egressPorts: 443 is missing"),
        ({"egressPorts": [443, 0]}, "contextfs:egressPorts: at least 1."),
        ({"owner": "nobody"}, "contextfs:owner: 'nobody' is not an e-mail address"),
        ({"cache": "yes"}, "contextfs:cache: write true or false."),
        ({"encryptionKeys": "[]"}, "contextfs:encryptionKeys: write an object as JSON"),
        ({"peppers": []}, "contextfs:peppers: at least 1 of them."),
        ({"embedder": "m@768", "embedderBefore": "m@768"}, "contextfs:embedderBefore: this is the current embedder"),
        ({"embedderBefore": "m", "regions": ["us-west2"]}, "contextfs:embedderBefore: us-west2 offers no models"),
        ({"reranker": "m", "residency": ["us"]}, "contextfs:reranker: Vertex AI reranks at one global address"),
        ({"account": "X"}, "contextfs:account: 'X' is not a project id"),
        ({"domain": "Example"}, "contextfs:domain: 'Example' is not a domain name"),
        ({"alerts": "nobody"}, "contextfs:alerts: 'nobody' is not an e-mail address"),
        ({"name": "a-long-name"}, "contextfs:name: it is written as small letters and digits, the first one"),
        ({"name": "abcdefghijklm"}, "contextfs:name: at most 12 letters."),
        ({"image": "registry/contextfs:latest"}, "contextfs:image: name it by digest"),
        ({"budget": "100"}, "contextfs:billingAccount is missing"),
        ({"budget": "-1"}, "contextfs:budget: at least 0."),
        ({"updater": "me"}, "contextfs:updater: 'me' is not a principal of gcp"),
        ({"encryptionKeys": {"us-east1": KEY.format("us-east1")}}, "us-central1 has no key"),
        ({"encryptionKeys": {"us-central1": "key"}}, "the key of us-central1 is not the full name of a key of gcp."),
        ({"encryptionKeys": {"us-central1": KEY.format("us")}}, "the key of us-central1 is in us"),
    ],
)
def test_a_config_that_cannot_work_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read(given(**changes))

    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"account": "demo-project"}, "contextfs:account: 'demo-project' is not an account id of 12 digits"),
        ({"regions": ["us-east1"]}, "'us-east1' is not a region of aws that is known here: did you mean us-east-1?"),
        (
            {"languageModel": "m", "languageModelPrices": "1/2", "regions": ["ap-east-1"]},
            "languageModel: ap-east-1 offers",
        ),
        (
            {"languageModel": "global.m", "languageModelPrices": "1/2", "residency": ["us"]},
            "languageModel: the profile global.m calls regions outside contextfs:residency",
        ),
        (
            {"embedder": "us.cohere.embed-v4:0", "residency": ["eu"], "regions": ["eu-west-1"]},
            "embedder: the profile us.cohere.embed-v4:0 calls regions outside contextfs:residency",
        ),
        (
            {"embedder": "amazon.nova-lite-v1:0"},
            "embedder: amazon.nova-lite-v1:0 is not a model of Bedrock whose API is",
        ),
        ({"reranker": "cohere.embed-v4:0"}, "is known here (amazon.rerank, cohere.rerank)."),
        ({"reranker": "cohere.rerank-v3-5:0", "regions": ["ap-east-1"]}, "reranker: ap-east-1 offers no models"),
        ({"encryptionKeys": {"us-east-1": KEY.format("us-east-1")}}, "is not the full name of a key of aws."),
    ],
)
def test_a_config_of_the_other_cloud_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read(given(AWS, **changes))

    assert sentence in str(refused.value)


def test_the_record_is_cloud_sql_unless_a_stack_says_alloydb() -> None:
    assert (read(GOOD).alloydb, read(given(database="alloydb")).alloydb) == (False, True)


@pytest.mark.parametrize("named", ["alloydb", "cloudsql"])
def test_on_aws_no_database_is_named(named: str) -> None:
    with pytest.raises(Refused, match=rf"contextfs:database: {named} is of Google Cloud, .* leave it out\."):
        read(given(AWS, database=named))


def test_no_token_is_sent_to_an_instance_of_alloydb_that_nobody_vouches_for() -> None:
    with pytest.raises(Refused, match=r"databaseLogin: a token is sent only to a server that can be verified, .*: use"):
        read(given(databaseLogin="iam", database="alloydb"))


def test_on_google_cloud_no_token_opens_a_copy_whose_users_are_others() -> None:
    with pytest.raises(Refused, match="databaseLogin: on Google Cloud a copy has its primary's users"):
        read(given(databaseLogin="iam", tier="active-passive", regions=["us-central1", "us-east4"]))
