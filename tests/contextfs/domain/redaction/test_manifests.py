"""What a manifest of Kubernetes keeps secret goes; its names and all other manifests stay."""

import base64

import pytest

from contextfs.domain.redaction import redact
from tests.growth import is_linear

SECRET = base64.b64encode(b"correct horse").decode()
MANIFESTS = (
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  # why\n  key: {}\n",
    "apiVersion: 'v1'\ndata:\n\textra: '{}'\nkind: 'Secret'\nmetadata:\n\tname: 'shop'",
    " data:\n  .dockercfg: |\n    {}\n kind: secret\n",
)


@pytest.mark.parametrize("text", MANIFESTS)
def test_what_it_keeps_secret_goes_and_the_rest_stays(text: str) -> None:
    cleaned = redact(text.format(SECRET), key=b"k")

    assert [one.kind for one in cleaned.findings] == ["kubernetes-secret"]
    assert cleaned.text == text.format(cleaned.findings[0].marker())
    assert redact(cleaned.text, key=b"k").text == cleaned.text


@pytest.mark.parametrize("kind", ["ConfigMap", "SecretStore"])
def test_another_kind_stays(kind: str) -> None:
    text = MANIFESTS[0].format(SECRET).replace("Secret", kind)

    assert redact(text, key=b"k").text == text


@pytest.mark.parametrize(
    "unit", ["data:\n", " data:\n", "data:\n  a: QUJD\n", "kind: Secret\n", " " * 50, "  a: QUJDQUJD"]
)
def test_its_time_is_linear(unit: str) -> None:
    assert is_linear(lambda text: redact(f"kind: Secret\ndata:\n{text}", key=b"k"), unit, 40_000)
