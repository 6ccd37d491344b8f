"""Secrets in tool inputs and metadata: in strings, under telling names, in the names themselves."""

from contextfs.domain.redaction import redact_json

KEY = b"k"
GITHUB = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0hJ3lM6"


def test_numbers_booleans_and_nulls_pass() -> None:
    value = {"a": 1, "b": [True, None, 2.5]}

    assert value == redact_json(value, key=KEY).value


def test_the_value_given_is_not_changed() -> None:
    value = {"a": [GITHUB]}

    redact_json(value, key=KEY)

    assert {"a": [GITHUB]} == value


def test_a_string_deep_inside_is_redacted_and_its_place_told() -> None:
    done = redact_json({"env": {"list": ["ok", f"x {GITHUB}"]}}, key=KEY)

    assert [("github-token", "$.env.list[1]")] == [(f.kind, f.where) for f in done.findings]


def test_a_telling_name_judges_its_value() -> None:
    done = redact_json({"password": "hunter2x", "user": "hunter2x"}, key=KEY)

    assert (True, "hunter2x") == (done.value["password"].startswith("[redacted:password:"), done.value["user"])


def test_a_telling_name_judges_each_member_of_its_list() -> None:
    done = redact_json({"apiKeys": [], "apiKey": ["q8Zr2Lw9Xk4Tn7Vb"]}, key=KEY)

    assert "[redacted:api-key:" in done.value["apiKey"][0]


def test_a_placeholder_under_a_telling_name_stays() -> None:
    value = {"password": "${DB_PASSWORD}", "token_type": "Bearer", "max_tokens": "4096"}

    assert value == redact_json(value, key=KEY).value


def test_a_secret_as_a_name_is_redacted() -> None:
    done = redact_json({GITHUB: 1}, key=KEY)

    assert ["[redacted:github-token:"] == [name[:23] for name in done.value]


def test_redacting_twice_is_redacting_once() -> None:
    once = redact_json({"password": "hunter2x", "list": [GITHUB]}, key=KEY)

    assert redact_json(once.value, key=KEY).value == once.value


def test_nesting_of_any_depth_is_walked() -> None:
    value: object = GITHUB
    for _ in range(20_000):
        value = [value]

    assert ("github-token",) == tuple(f.kind for f in redact_json(value, key=KEY).findings)
