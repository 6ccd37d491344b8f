"""An object that names a value by another of its members gives it away as if that were its key."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.domain.redaction import redact, redact_json
from contextfs.domain.redaction.sieve import gather, suspects
from contextfs.kit.personal import PERSONAL, USUAL
from contextfs.kit.redaction_rule import RedactionRule, Wanted

SECRET = "q8Zr2Lw9Xk4Tn7Vb"
NAME_WITH_SECRET = "postgres://ann:correcthorse@db/shop"
NAMED = (
    {"name": "API_KEY", "value": SECRET},  # Kubernetes, ECS
    {"value": SECRET, "name": "API_KEY"},
    {"key": "apiKey", "type": "secret", "enabled": True, "value": SECRET},  # Postman
    {"key": "apiKey", "value": "", "currentValue": SECRET},
    {"Name": "DB_PASSWORD", "Value": SECRET},
    {"ParameterKey": "DBPassword", "ParameterValue": SECRET},  # CloudFormation
    {"Namespace": "aws:elasticbeanstalk:application:environment", "OptionName": "API_KEY", "Value": SECRET},
    {"name": "DB_PASSWORDS", "value": [SECRET]},
    {"spec": {"containers": [{"env": [{"name": "LOG", "value": "1"}, {"name": "API_TOKEN", "value": SECRET}]}]}},
    {"name": "password", "value": "48151623"},
    {"name": "password", "value": 48151623},
    {"name": "", "key": "API_KEY", "value": SECRET},
    {"name": None, "key": "API_KEY", "value": SECRET},
    {"name": "of the shop", "key": "API_KEY", "value": SECRET},
    {"key": "API_KEY", "value": {"stringValue": SECRET}},  # OpenTelemetry
    {"fields": {"password": {"stringValue": SECRET}}},  # Firestore
    {"label": "password", "value": SECRET},
)
OTHERS: tuple[Any, ...] = (
    {"name": "API_KEY", "value": "${API_KEY}"},
    {"name": "API_KEY", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "q8Zr2Lw9Xk4Tn7Vb"}}},
    {"name": "LOG_LEVEL", "value": SECRET},
    {"name": "password", "value": "Password is required"},
    {"name": {"password": 1}, "value": SECRET},
    {"name": "API_KEY", "title": SECRET},
    {"name": "max_tokens", "value": 4096},
    {"name": "password", "value": True},
    {"key": "DB_PASSWORD", "value": "<your-password>"},
    {"key": "password", "value": "Пароль"},
    {"key": "login.password", "value": "Contraseña"},
    {"name": "token.color.primary", "value": "#FF5733AA"},
    {"key": "http.route", "value": {"stringValue": SECRET}},
    {"key": "API_KEY", "value": {"kvlistValue": {"title": SECRET}}},
)


def is_suspected(value: Any, wanted: frozenset[Wanted] = USUAL) -> bool:
    into: dict[str, Any] = {}
    return gather(value, into, wanted) or bool(suspects([*into], wanted))


@pytest.mark.parametrize("value", NAMED, ids=str)
def test_a_value_goes_by_the_name_beside_it(value: Any) -> None:
    done = redact_json(value, key=b"k")

    assert len(done.findings) == 1
    assert done.findings[0].marker() in str(done.value)
    assert SECRET not in str(done.value)
    assert redact_json(done.value, key=b"k").value == done.value
    assert is_suspected(value)


@pytest.mark.parametrize("value", OTHERS, ids=str)
def test_what_is_named_otherwise_stays(value: Any) -> None:
    assert redact_json(value, key=b"k").value == value


@pytest.mark.parametrize("value", ["Пароль", "Contraseña", "#FF5733AA"])
def test_what_a_list_of_texts_shows_stays_as_text(value: str) -> None:
    text = json.dumps({"key": "password", "value": value}, ensure_ascii=False)

    assert redact(text, key=b"k").text == text


@pytest.mark.parametrize("value", [{"key": NAME_WITH_SECRET, "value": "Shop2026x"}, {NAME_WITH_SECRET: "Shop2026x"}])
def test_a_marker_in_a_name_names_nothing(value: dict[str, str]) -> None:
    done = redact_json(value, key=b"k")

    assert [*done.value.values()][-1] == "Shop2026x"
    assert redact_json(done.value, key=b"k").value == done.value


def test_personal_data_and_rules_of_ones_own_go_by_it_too() -> None:
    rule = RedactionRule(name="badge", pattern="^[0-9]{4}$", keywords=("badge",))
    value = [{"name": "badge", "value": "4711"}, {"name": "year", "value": "2026"}]

    assert redact_json({"name": "phone", "value": "4155552671"}, key=b"k", wanted=PERSONAL).findings[0].kind == "phone"
    assert redact_json(value, key=b"k", wanted=[rule]).value[1] == value[1]
    assert [one.where for one in redact_json(value, key=b"k", wanted=[rule]).findings] == ["$[0].value"]


@given(
    st.dictionaries(
        st.sampled_from(["name", "key", "label", "value", "Value", "Name", "currentValue", "other", NAME_WITH_SECRET]),
        st.sampled_from(
            [
                *(SECRET, "API_KEY", "password", "plain", "", None, 48151623, [SECRET], {"name": "password"}),
                *(NAME_WITH_SECRET, "Shop2026x", {"stringValue": SECRET}),
            ]
        ),
    )
)
@settings(max_examples=200, deadline=None)
def test_nothing_that_is_passed_over_holds_a_secret(value: dict[str, Any]) -> None:
    done = redact_json(value, key=b"k")

    assert not done.findings or is_suspected(value)
    assert redact_json(done.value, key=b"k").value == done.value
