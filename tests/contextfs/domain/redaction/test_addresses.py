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
        '<setting name="Password" value="{}" />',
        "authorization: {}",
        "Authorization: Bearer {}.{}",
        'authorization: "{}.{}"',
    ],
)
def test_a_credential_goes(text: str) -> None:
    assert SECRET not in redact(text.format(SECRET, SECRET), key=b"k").text


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
        '<add key="Password" value="#{Password}#" />',
        '<add key="Password" value="@Model.Password1" />',
        '<input name="password" value="submit">',
        '<input type="password" value="Enter-it" id="password" value="change" />',
        '<data name="ForgotPassword" value="Vergessen" />',
        "headers: { authorization: process.env.GITHUB_OAUTH2_TOKEN_STAGING }",
        "    authorization: this.auth0.getAccessTokenSilently",
        "authorization: roleAssignments@2022-04-01-preview",
        "authorization: docs-authorization-2022-04-01-preview",
        "authorization: oauth2-proxy.ingress.svc.cluster.local",
        "class: authorization: Microsoft.Authorization.roleAssignments2022",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert redact(text, key=b"k").text == text
