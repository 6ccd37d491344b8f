"""Secrets in tool inputs and metadata: in strings, under telling names, in the names themselves."""

from typing import Any

import pytest

from contextfs.domain.redaction import redact_json
from contextfs.domain.redaction.sieve import gather, suspects
from contextfs.kit.personal import PERSONAL, USUAL
from contextfs.kit.redaction_rule import RedactionRule

KEY = b"k"
GITHUB = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0hJ3lM6"


def test_numbers_booleans_and_nulls_pass() -> None:
    value = {"a": 1, "b": [True, None, 2.5]}

    assert value == redact_json(value, key=KEY).value


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"card": 4242424242424242}, "card"),
        ({"rows": [1, 4242424242424242]}, "card"),
        ({"ssn": 123456789}, "ssn"),
        ({"ssn": [123456789]}, "ssn"),
        ({"phone": 4155552671}, "phone"),
        ({"db_password": 48151623}, "password"),
    ],
)
def test_a_number_that_has_to_go_becomes_a_string(value: Any, kind: str) -> None:
    into: dict[str, None] = {}
    is_named = gather(value, into, PERSONAL)
    done = redact_json(value, key=KEY, wanted=PERSONAL)
    again = redact_json(done.value, key=KEY, wanted=PERSONAL)

    assert [kind] == [one.kind for one in done.findings]
    assert done.findings[0].marker() in str(done.value)
    assert done.value == again.value
    assert is_named or suspects([*into], PERSONAL)


def test_a_number_has_the_fingerprint_of_the_same_digits_in_a_text() -> None:
    both = redact_json({"a": 4242424242424242, "b": "4242424242424242"}, key=KEY).value

    assert both["a"] == both["b"]


def test_other_numbers_stay_numbers() -> None:
    value = {
        "timestamp": 1732834591000, "nanoseconds": 1732834591000000000, "phone": 5550100, "size": 123456789,
        "max_tokens": 1000000, "cost": 4242424242424242.5, "below": -4242424242424242, "id": 4242424242424243,
    }  # fmt: skip
    done = redact_json(value, key=KEY, wanted=[*USUAL, "email"])

    assert ((), value) == (done.findings, done.value)


def test_a_rule_of_ones_own_looks_at_every_number() -> None:
    rules = [RedactionRule(name="badge", pattern="^[0-9]{4}$", keywords=("badge",))]
    rules.append(RedactionRule(name="place", pattern="52[.]5[0-9]+"))
    value = {"badge": 4711, "year": 2026, "at": [52.520008, -52.51], "password": 481516}
    done = redact_json(value, key=KEY, wanted=rules)

    assert ["badge", "place", "place"] == [one.kind for one in done.findings]
    assert (2026, 481516) == (done.value["year"], done.value["password"])
    assert done.value["at"][1].startswith("-[redacted:place:")


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
