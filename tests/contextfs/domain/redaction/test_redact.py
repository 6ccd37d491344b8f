"""What `redact` takes out of a text, what it leaves, and what stands in the secret's place."""

import re

import pytest

from contextfs.domain.redaction import redact

KEY = b"a key of this deployment"
GITHUB = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0hJ3lM6"


def text_of(text: str) -> str:
    return redact(text, key=KEY).text


def test_a_secret_gives_way_to_its_kind_and_fingerprint() -> None:
    done = redact(f"use {GITHUB} please", key=KEY)

    assert re.fullmatch(r"use \[redacted:github-token:[0-9a-f]{8}\] please", done.text)


def test_a_finding_tells_kind_fingerprint_and_length() -> None:
    (found,) = redact(f"use {GITHUB} please", key=KEY).findings

    assert ("github-token", len(GITHUB)) == (found.kind, found.length)


def test_nothing_of_the_secret_is_left() -> None:
    done = redact(f"use {GITHUB} please", key=KEY)

    assert GITHUB[4:12] not in repr(done)


def test_the_marker_is_what_stands_in_the_text() -> None:
    done = redact(f"use {GITHUB} please", key=KEY)

    assert f"use {done.findings[0].marker()} please" == done.text


def test_equal_secrets_stay_equal_wherever_they_stand() -> None:
    first, second = redact(f"GITHUB_TOKEN={GITHUB}\nand again {GITHUB}.", key=KEY).findings

    assert first.fingerprint == second.fingerprint


def test_another_key_gives_another_fingerprint() -> None:
    assert text_of(GITHUB) != redact(GITHUB, key=b"another").text


def test_text_without_secrets_comes_back_unchanged() -> None:
    text = "Größe ändern: siehe src/app.py, Zeile 12 — fertig 🎉"

    assert text == text_of(text)


def test_a_named_secret_goes_and_its_name_stays() -> None:
    assert text_of("DB_PASSWORD=Tr0ub4dor!3").startswith("DB_PASSWORD=[redacted:password:")


def test_a_password_in_a_url_leaves_user_and_host() -> None:
    done = text_of("postgresql://app:s3cr3t-Pw@db.example.com/shop")

    assert re.fullmatch(r"postgresql://app:\[redacted:url-password:[0-9a-f]{8}\]@db\.example\.com/shop", done)


def test_quotes_escaped_by_json_are_understood() -> None:
    assert "hunter2x" not in text_of('{\\"password\\": \\"hunter2x\\"}')


def test_a_private_block_goes_with_its_tags() -> None:
    assert re.fullmatch(r"a \[redacted:private:[0-9a-f]{8}\] b", text_of("a <private>my salary\nis 5</private> b"))


def test_nested_private_blocks_are_one() -> None:
    assert "c" not in text_of("<private>x<private>y</private>c</private>").split("]")[1]


def test_a_private_tag_that_is_never_closed_fences_nothing() -> None:
    text = "wrap it in <private> and it stays out"

    assert text == text_of(text)


def test_a_private_key_that_was_cut_off_goes_too() -> None:
    lines = "\n".join("MIIEpAIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun" for _ in range(3))

    assert "MIIE" not in text_of(f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n[output truncated]")


def test_a_service_account_key_is_named_as_such() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
    text = f'"private_key": "-----BEGIN PRIVATE KEY-----\\n{body}\\n-----END PRIVATE KEY-----\\n"'

    assert "[redacted:gcp-service-account-key:" in text_of(text)


def test_a_vendor_token_names_the_kind_when_its_variable_matches_too() -> None:
    assert text_of(f"export TOKEN={GITHUB}").startswith("export TOKEN=[redacted:github-token:")


def test_an_aws_secret_beside_its_id_goes() -> None:
    secret = "wJalrXUtnFEMI7K7MDENGabPxRfiCYzEXAMPLEKEY"[:40]

    assert secret not in text_of(f"user,AKIAIOSFODNN7EXAMPLE,{secret}\n")


@pytest.mark.parametrize(
    "text",
    [
        "password=newPassword2",
        "password: string",
        "token = await fetchToken(user)",
        "api_key=${API_KEY}",
        "secret: <your-secret>",
        "max_tokens: 4096",
        "https://user:<token>@host/x",
        "Basic authentication",
        "commit 3f2a9c1d5e7b8a6f4c2d1e0f9a8b7c6d5e4f3a2b",
        "123e4567-e89b-12d3-a456-426614174000",
        "[redacted:api-key:deadbeef]",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert text == text_of(text)
