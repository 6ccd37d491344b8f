"""Email addresses, phone numbers, cards and social security numbers: found as wanted, and nothing like them."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.domain.redaction import redact, redact_json
from contextfs.domain.redaction.model import Policy
from contextfs.domain.redaction.sieve import suspects
from contextfs.kit.personal import PERSONAL, USUAL, Personal
from tests.contextfs.domain.redaction import corpus, people
from tests.growth import is_linear

KEY = b"k"
LEAST: dict[str, float] = {"email": 1, "phone": 0.97, "card": 1, "ssn": 1}


def _text(text: str) -> str:
    return redact(text, key=KEY, wanted=PERSONAL).text


@pytest.mark.parametrize("kind", PERSONAL)
def test_recall_of_each_class(kind: Personal) -> None:
    drawn = [one for one in people.positives() if one.kind == kind]
    found = sum(one.secret not in redact(one.text, key=KEY, wanted=[kind]).text for one in drawn)

    assert (people.PER_CLASS, True) == (len(drawn), found / len(drawn) >= LEAST[kind])


@pytest.mark.parametrize("kind", PERSONAL)
def test_a_finding_has_the_name_of_its_class(kind: Personal) -> None:
    drawn = [one for one in people.positives() if one.kind == kind]
    kinds = Counter(found.kind for one in drawn for found in redact(one.text, key=KEY, wanted=PERSONAL).findings)

    assert kind == kinds.most_common(1)[0][0]


def test_no_look_alike_is_touched() -> None:
    touched = [one for one in people.negatives() if _text(one.text) != one.text]

    assert [] == touched


def test_what_looks_like_a_secret_and_is_none_is_no_data_of_a_person_either() -> None:
    touched = Counter(
        found.kind
        for one in corpus.negatives()
        for found in redact(one.text, key=KEY, wanted=["phone", "card", "ssn"]).findings
    )

    assert Counter() == touched


def test_cards_and_social_security_numbers_are_replaced_where_nobody_said_anything() -> None:
    text = "a.person@fjordmail.no +49 30 1234567 4242 4242 4242 4242 123-45-6789"
    kinds = [one.kind for one in redact(text, key=KEY).findings]

    assert (["card", "ssn"], {"card", "ssn"}) == (kinds, USUAL)


def test_nothing_of_it_is_looked_for_where_that_is_wanted() -> None:
    text = "a.person@fjordmail.no 4242 4242 4242 4242 123-45-6789"

    assert text == redact(text, key=KEY, wanted=()).text


def test_the_same_card_keeps_the_same_mark_however_often_it_stands_there() -> None:
    first, second = redact("4242424242424242, again 4242424242424242", key=KEY).findings

    assert first.fingerprint == second.fingerprint


def test_a_name_in_json_tells_what_nine_digits_are() -> None:
    done = redact_json({"ssn": "123456789", "order": "123456789"}, key=KEY).value

    assert ("123456789", True) == (done["order"], done["ssn"].startswith("[redacted:ssn:"))


def test_a_password_in_an_address_leaves_its_host_though_it_looks_like_an_email_address() -> None:
    done = _text("https://deploy:hunter2-Blue@git.acme.com/team")

    assert done.startswith("https://deploy:[redacted:url-password:")
    assert done.endswith("@git.acme.com/team")


def test_numbers_behind_an_escaped_end_of_a_line_are_found() -> None:
    done = _text(json.dumps("paid\n4242 4242 4242 4242\tthen\n123-45-6789"))

    assert "4242" not in done
    assert "6789" not in done


def test_a_card_behind_four_other_digits_is_found() -> None:
    assert "4111 1111" not in _text("1234 4111 1111 1111 1111")


@pytest.mark.parametrize("written", ["{} 123", "card {} 123", "bob,{},12/27,123", "{},123", "card {},123", "{}-123"])
@pytest.mark.parametrize("between", ["", " ", "-", "\u00a0", "\u2011", "\u2013"], ids=ascii)
def test_a_card_ends_before_its_security_code_and_the_next_column(written: str, between: str) -> None:
    text = written.format(between.join(["4111", "1111", "1111", "1111"]))
    done = redact(text, key=KEY)

    assert ["card"] == [one.kind for one in done.findings]
    assert "1111" not in done.text
    assert done.text.endswith(written.rpartition("}")[2])


def test_a_card_of_nineteen_digits_is_replaced_whole() -> None:
    assert [23] == [one.length for one in redact("6212 3412 3412 3412 346.", key=KEY).findings]


@pytest.mark.parametrize("said", ["ssn 123456789", "userSsn: 123456789", "user_ssn=123456789", "a\\nssn 123456789"])
def test_a_social_security_number_is_found_where_a_word_begins(said: str) -> None:
    assert "123456789" not in _text(said)


@pytest.mark.parametrize("said", ["telephone: 5550 123456", "homePhone 5550 123456", "a\\ntel 5550 123456"])
def test_a_phone_number_is_found_where_a_word_begins(said: str) -> None:
    assert "123456" not in _text(said)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("to naïve.jürgen@foo.de now", "to [] now"),
        ("jürgen@müller.de.", "[]."),
        ("bob@mail.schön.de", "[]"),
        ("иван@почта.рф", "[]"),
        ("请联系bob@foo.com谢谢", "请联系[]谢谢"),
        ("用户@例子.广告", "[]"),
        ("“bob@foo.com”—alice@bar.com…", "“[]”—[]…"),
        ("\ud800bob@foo.com\ud800", "\ud800[]\ud800"),
    ],
    ids=ascii,
)
def test_an_address_with_letters_beyond_ascii_is_replaced_whole(text: str, left: str) -> None:
    done = redact(text, key=KEY, wanted=["email"])
    shown = done.text
    for one in done.findings:
        shown = shown.replace(one.marker(), "[]")

    assert left == shown


def test_what_was_looked_for_with_other_classes_is_due_again() -> None:
    some: list[list[Personal]] = [[], ["email"], ["card", "ssn"], [*PERSONAL]]
    editions = {Policy(KEY, frozenset(one)).edition for one in some}

    assert 4 == len(editions)


PARTS = st.sampled_from(
    [
        *[one.secret for one in people.positives()][::11],
        *(
            "\\n",
            "\n",
            " ",
            "-",
            ".",
            "+",
            "@",
            "4",
            "0",
            "ssn ",
            "card: ",
            "tel ",
            "a@b.co",
            "é",
            "\u00a0",
            " 123",
            "[redacted:card:01234567]",
        ),
    ],
)
TEXTS = st.lists(PARTS, max_size=8).map("".join)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = _text(text)

    assert once == _text(once)


@given(st.lists(TEXTS, max_size=6))
@settings(max_examples=200, deadline=None)
def test_nothing_that_the_sieve_passes_over_tells_who_somebody_is(some: list[str]) -> None:
    named = suspects(some, PERSONAL)

    assert {place for place, text in enumerate(some) if redact(text, key=KEY, wanted=PERSONAL).findings} <= named


HOSTILE = (
    "0", "4111 ", "4242424242424242 ", "0000-0000-0000-0", "@", "a@", "a@b.", "a@b.co ", "://a", "+1 ", "+49", "(212) ",
    "000-00-0000", "ssn", "ssn 1", "card ", "card 1-", "tel ", "tel 1.", "phone is at on", "-", ".",
    "é@", "aé@é.", "é", "a@é", "4111\u00a0", "\u2011", "111\u2011",
)  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_length_and_no_faster(unit: str) -> None:
    assert is_linear(_text, unit, 80_000)
