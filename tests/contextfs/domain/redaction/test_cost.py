"""A rule that takes many times as long as a usual one is refused, whatever the machine does beside."""

from time import thread_time

import pytest

from contextfs.domain.redaction.cost import affordable
from contextfs.kit.errors import Invalid
from contextfs.kit.redaction_rule import RedactionRule


def rules(*patterns: str) -> list[RedactionRule]:
    return [RedactionRule(name=f"r-{n}", pattern=one) for n, one in enumerate(patterns)]


@pytest.mark.parametrize(
    "pattern",
    [
        "[ab]*a[ab]{900}",
        "(?:x|y)*x(?:x|y){400}",
        r"\w*q\w{300}",
        r"\pL{5,200}-\d+",
        r"(?:\d|-)*7[\d-]{800}",
        ".*Z.{500}",
    ],
)
def test_a_pattern_that_goes_on_in_many_ways_at_once_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid, match=r"rule r-1 cannot be taken: .* times as long as a usual pattern") as told:
        affordable(rules("CUST-[0-9]{8}", pattern), thread_time, "$.rules")

    assert "$.rules[1]" == told.value.where


@pytest.mark.parametrize(
    "pattern",
    [
        "CUST-[0-9]{8}",
        "(?i)übung",
        r"\bproject (?:orion|andromeda)\b",
        r"[\w.+-]{1,64}@[\w.-]{1,255}\.[a-z]{2,}",
        r"(?i)(?:employee|staff)[ -]?(?:id|no\.?)[: ]*(?P<value>\d{4,10})",
        r'https://internal\.example\.com/[^\s"]{1,500}',
        r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}",
        "^host .+$",
    ],
)
def test_what_people_write_is_taken(pattern: str) -> None:
    affordable(rules(pattern), thread_time)


def test_a_hundred_usual_rules_are_taken_and_many_slow_ones_are_not() -> None:
    affordable(rules(*(rf"\b[A-Z]{{2,4}}-{n}[0-9]{{4,8}}\b" for n in range(100))), thread_time)

    with pytest.raises(Invalid, match=r"together they take .* take the longest: r-"):
        affordable(rules(*("[a-z]*q[a-z]{20}" + chr(97 + n % 26) for n in range(100))), thread_time)
