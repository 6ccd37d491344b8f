"""Rules that people write themselves: what they replace, what they leave, and which are refused."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.domain.redaction import Policy, redact, redact_json
from contextfs.domain.redaction.own import LONGEST, checked
from contextfs.domain.redaction.sieve import gather, suspects
from contextfs.kit.errors import Invalid
from contextfs.kit.personal import USUAL
from contextfs.kit.redaction_rule import RedactionRule
from tests.growth import is_linear

KEY = b"k"


def rule(pattern: str, name: str = "own", **more: Any) -> RedactionRule:
    return RedactionRule(name=name, pattern=pattern, **more)


def left(text: str, *rules: RedactionRule) -> str:
    """Give the text with each marker as the kind that it tells."""
    done = redact(text, key=KEY, wanted=rules)
    shown = done.text
    for one in done.findings:
        shown = shown.replace(one.marker(), f"[{one.kind}]")
    return shown


@pytest.mark.parametrize(
    ("text", "of", "expected"),
    [
        ("for CUST-12345678, CUST-1", rule("CUST-[0-9]{8}"), "for [own], CUST-1"),
        ("badge 4711 of 4712", rule("badge (?P<value>[0-9]{4})"), "badge [own] of 4712"),
        ("Osprey, OSPREY, ospreys", rule(r"(?i)\bosprey\b"), "[own], [own], ospreys"),
        ("Übung, übungen", rule("(?i)übung"), "[own], [own]en"),
        ("a\nhost one\nhost two", rule("^host .+$"), "a\n[own]\n[own]"),
        ("CUST-00000000 CUST-00000001", rule("CUST-[0-9]{8}", allow=("CUST-0+",)), "CUST-00000000 [own]"),
        ("12345678", rule("[0-9]{8}", keywords=("customer",)), "12345678"),
        ("CUSTOMER 12345678", rule("[0-9]{8}", keywords=("customer",)), "CUSTOMER [own]"),
        ("Größe: 12345678", rule("[0-9]{8}", keywords=("GRÖSSE", "größe")), "Größe: [own]"),
        ("a.b 12345678", rule("[0-9]{8}", keywords=("a+b", "a b")), "a.b 12345678"),
        ("🎉KX7🎉", rule("KX[0-9]"), "🎉[own]🎉"),
        ("\ud800KX7\ud800", rule("KX[0-9]"), "\ud800[own]\ud800"),
        ("x" * (2 * LONGEST + 5), rule("x{3,}"), "[own][own]"),
    ],
)
def test_a_rule_replaces_what_its_pattern_matches(text: str, of: RedactionRule, expected: str) -> None:
    checked([of])

    assert expected == left(text, of)


def test_a_rule_names_what_is_known_as_something_else() -> None:
    found = redact("ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0hJ3lM6", key=KEY, wanted=[rule("ghp_[A-Za-z0-9]+", "ours")])

    assert ["ours"] == [one.kind for one in found.findings]


def test_equal_values_have_equal_marks_and_others_have_not() -> None:
    marks = [one.marker() for one in redact("KX1 KX1 KX2", key=KEY, wanted=[rule("KX[0-9]")]).findings]

    assert (True, False) == (marks[0] == marks[1], marks[0] == marks[2])


def test_a_keyword_may_be_the_name_that_json_gives() -> None:
    value = {"customerNo": "12345678", "orders": ["12345678"], "customer": {"x": 1}}
    of = rule("[0-9]{8}", keywords=("customer",))
    into: dict[str, None] = {}
    gather(value, into, [of])

    done = redact_json(value, key=KEY, wanted=[of])

    assert ["$.customerNo"] == [one.where for one in done.findings]
    assert suspects([*into], [of])


def test_markers_are_never_looked_into() -> None:
    text = "[redacted:customer-key:0123abcd] 12345678"
    some = [rule("[0-9a-f]{8}"), rule("redacted:[a-z-]+"), rule("[0-9]{8}", "kept", keywords=("customer",))]

    assert "[redacted:customer-key:0123abcd] [own]" == left(text, *some)
    assert text == left(text, some[2])


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(", "is no pattern (missing ): (): write it as RE2 reads it"),
        ("(?<=id )[0-9]+", "is no pattern ("),
        (r"(.)\1", "is no pattern (invalid escape sequence"),
        ("((a{100}){100}){100}", "is no pattern ("),
        (r"\Ahost", "^ and $ are those of a line"),
        (r"host\z", "^ and $ are those of a line"),
        ("(?s-m)^host", "^ and $ are those of a line"),
        ("[0-9]*", "matches a single letter, or nothing"),
        (r"\b", "matches a single letter, or nothing"),
        (r"\w+", "matches a single letter, or nothing"),
    ],
)
def test_a_pattern_that_cannot_be_run_is_refused_in_one_line(pattern: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked([rule("KX[0-9]", "good"), rule(pattern)])

    assert told in str(refused.value)
    assert (1, "$[1]") == (len(str(refused.value).splitlines()), refused.value.where)


def test_a_pattern_to_allow_is_checked_too_and_names_are_given_once() -> None:
    with pytest.raises(Invalid, match=r"'\(' is no pattern"):
        checked([rule("KX[0-9]", allow=("(",))])
    with pytest.raises(Invalid, match="its name is that of a rule before it"):
        checked([rule("KX[0-9]"), rule("KY[0-9]")])


def test_what_was_looked_for_with_other_rules_is_due_again() -> None:
    some = [[], [rule("KX[0-9]")], [rule("KX[0-9]"), rule("KY[0-9]", "other")], [rule("KX[0-9]", allow=("KX1",))]]
    editions = {Policy(KEY, USUAL | frozenset(one)).edition for one in some}

    assert (4, True) == (len(editions), all(0 < one < 1 << 63 for one in editions))


RULES = [
    rule(r"\bEMP-?[0-9]{3,5}\b", "employee"),
    rule("(?i)project (?:osprey|kestrel)", "project"),
    rule("badge:? (?P<value>[0-9A-F]{4,})", "badge", keywords=("badge",)),
    rule("[a-z]+[.]corp", "host", allow=("www[.]corp",)),
    rule("^note .*$", "note"),
    rule("(?s)<<.+?>>", "fenced"),
]
TEXTS = st.lists(
    st.sampled_from(
        [
            "EMP-1234", "EMP123", "Project Osprey", "project kestrel", "badge ", "badge: 0AF3", "1234", "ab.corp",
            "www.corp", "\nnote ", "<<", ">>", "[redacted:badge:0123abcd]", "password=", "hunter2x", "é", "\ud800",
            "4242 4242 4242 4242", " ", "\n", "-", ".", "\0",
        ]
    )
    | st.text(max_size=8),
    max_size=14,
).map("".join)  # fmt: skip


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = redact(text, key=KEY, wanted=RULES).text

    assert once == redact(once, key=KEY, wanted=RULES).text


@given(st.lists(TEXTS, max_size=8))
@settings(max_examples=100, deadline=None)
def test_nothing_that_is_passed_over_holds_what_a_rule_finds(some: list[str]) -> None:
    named = suspects(some, RULES)

    assert {place for place, text in enumerate(some) if redact(text, key=KEY, wanted=RULES).findings} <= named


HOSTILE = (("(a+)+$", "a"), (".*z|aa", "a"), ("(?:a|aa)+b", "a"), ("(x+x+)+y", "x"), ("(?i)k[^x]*x", "k"))


@pytest.mark.parametrize(("pattern", "unit"), HOSTILE)
def test_time_grows_with_length_and_no_faster(pattern: str, unit: str) -> None:
    assert is_linear(lambda text: redact(text, key=KEY, wanted=[rule(pattern)]), unit, 32_000)
