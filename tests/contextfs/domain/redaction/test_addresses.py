"""Secrets in commands, headers and settings files go; what only looks like one stays."""

import pytest

from contextfs.domain.redaction import redact

SECRET = "pRf7vG2h1L8nQkW9x3Zt"


@pytest.mark.parametrize(
    "text",
    [
        'curl -u ":{}" https://localhost:9200',
        "curl --user kevin:'{}' -iX PATCH -d x",
        'curl -X POST --user "{{acd3c08b}}":"{}" https://example.com',
        'curl -L -H "Authorization: Api-Token {}" https://example.com',
        "'Authorization': '{}'",
        "Authorization: Token 22cb987851bc5659229114c62e60c79abd0d2c08{}",
        '<add key="ClearTextPassword" value="{}" />',
    ],
)
def test_a_credential_goes(text: str) -> None:
    assert SECRET not in redact(text.format(SECRET), key=b"k").text


@pytest.mark.parametrize(
    "text",
    [
        "curl -u $USER:$PASSWORD https://example.com",
        'curl -H "Authorization: Basic $BASIC_TOKEN" "https://example.com/token"',
        "Authorization: see the page about tokens, chapter 2",
        "The header is called Authorization: its value is a scheme and a credential.",
        "authorization=configuration-of-the-gateway",
        'my_authorization = aws.route53.VpcAssociationAuthorization("mine")',
        "authorization: aws.route53.VpcAssociationAuthorization()",
        '<add key="ClearTextPassword" value="%NUGET_PASSWORD%" />',
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert redact(text, key=b"k").text == text
