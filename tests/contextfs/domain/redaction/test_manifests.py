"""What a manifest of Kubernetes keeps secret goes; its names and all other manifests stay."""

import base64

import pytest

from contextfs.domain.redaction import redact
from contextfs.domain.redaction.sieve import suspects
from tests.growth import is_linear

SECRET = base64.b64encode(b"correct horse").decode()
MANIFESTS = (
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  # why\n  key: {}\n",
    "apiVersion: 'v1'\ndata:\n\textra: '{}'\nkind: 'Secret'\nmetadata:\n\tname: 'shop'",
    " data:\n  .dockercfg: |\n    {}\n kind: secret\n",
    'kind: Secret # of the shop\ndata:\n  "key": {} # why\n',
    "items:\n- kind: Secret\n  data:\n    key: {}\n- kind: ConfigMap\n  data:\n    mode: standard\n",
    "kind: Secret\ndata:\n  key: {}\nkind: ConfigMap\ndata:\n  mode: standard\n",
    "kind: ConfigMap\ndata:\n  mode: standard\n---\nkind: Secret\r\ndata:\r\n  key: {}\r\n",
)
OTHERS = (
    "kind: Secret\nmetadata:\n  name: a\n---\nkind: ConfigMap\ndata:\n  mode: standard\n  path: /etc/foo\n",
    "kind: Secret\n---\nkind: Deployment\nspec:\n data:\n   strategy: Recreate\n   image: registry/app1\n",
    "kind: Secret\nspec:\n  data:\n    strategy: Recreate\n",
    "In code:\n    kind: Secret\nThen in Python:\ndata:\n  name: username\n  email: userbase\n",
    "```\nkind: Secret\n```\nand\n```\nkind: ConfigMap\ndata:\n  mode: standard\n```\n",
    "kind: Secret\ndata:\nThis is what stands there:\n  mode: standard\n",
    '{"items":[{"kind":"Secret","data":{}},{"kind":"ConfigMap","data":{"mode":"standard"}}]}',
    "kind: Secret\nstringData:\n  url: ${URL}\n  name: '{{ name }}'\n  port: |\n",
)


@pytest.mark.parametrize("text", MANIFESTS)
def test_what_it_keeps_secret_goes_and_the_rest_stays(text: str) -> None:
    cleaned = redact(text.format(SECRET), key=b"k")

    assert [one.kind for one in cleaned.findings] == ["kubernetes-secret"]
    assert cleaned.text == text.format(cleaned.findings[0].marker())
    assert redact(cleaned.text, key=b"k").text == cleaned.text


@pytest.mark.parametrize("short", ["YWRtaW4=", "cm9vdA=="])
def test_a_short_word_goes_too(short: str) -> None:
    assert short not in redact(MANIFESTS[0].format(short), key=b"k").text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("kind: Secret\nstringData:\n  user: {}\ntype: Opaque\n", "anne marie"),
        ("kind: Secret\nstringData:\n  'user': \"{}\" # hers\n", "anne # marie"),
        ("kind: Secret\nstringData:\n  note: |\n    {}\n", "the door is green"),
        ('{{"kind":"Secret","data":{{"user":"{}"}},"type":"Opaque"}}', "YWRtaW4="),
        ('{{"data":{{"user":"{}"}},"kind":"Secret","metadata":{{"name":"standard"}}}}', "YWRtaW4="),
        ('{{\n  "kind": "Secret",\n  "stringData": {{\n    "user": "{}"\n  }}\n}}\n', "anne marie"),
    ],
)
def test_what_is_plain_and_what_stands_in_json_goes(text: str, secret: str) -> None:
    cleaned = redact(text.format(secret), key=b"k")

    assert cleaned.text == text.format(cleaned.findings[0].marker() if cleaned.findings else "")
    assert redact(cleaned.text, key=b"k").text == cleaned.text


@pytest.mark.parametrize(
    "secret", ["kind: Secret\ndata:\n  user: YWRtaW4=\n", '"kind":"Secret","data":{"user":"YWRtaW4="}']
)
def test_another_text_beside_it_changes_nothing(secret: str) -> None:
    other = 'kind: ConfigMap\n{"kind":"ConfigMap"}, "kind":"ConfigMap"'

    assert suspects([other, secret, other]) == {1}


@pytest.mark.parametrize("text", OTHERS)
def test_what_stands_beside_a_secret_stays(text: str) -> None:
    assert redact(text, key=b"k").text == text


@pytest.mark.parametrize("kind", ["ConfigMap", "SecretStore"])
def test_another_kind_stays(kind: str) -> None:
    text = MANIFESTS[0].format(SECRET).replace("Secret", kind)

    assert redact(text, key=b"k").text == text


@pytest.mark.parametrize(
    "unit",
    [
        "data:\n",
        " data:\n",
        "data:\n  a: QUJD\n",
        "kind: Secret\n",
        " " * 50,
        "  a: QUJDQUJD",
        "- ",
        "  - a:\n",
        "\n" + " " * 40,
        '{"data":{',
        '"a":"',
    ],
)
def test_its_time_is_linear(unit: str) -> None:
    assert is_linear(lambda text: redact(f'kind: Secret\ndata:\n{text}"kind":"Secret"', key=b"k"), unit, 40_000)
