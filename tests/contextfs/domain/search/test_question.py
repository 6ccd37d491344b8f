"""What a question asks for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.names import named
from contextfs.domain.search.question import Filters, topic, understand

TODAY = date(2026, 3, 1)


def test_operators_are_taken_out_and_the_rest_is_the_question() -> None:
    asked = understand(
        'type:decision tag:"release train" tag:db since:2026-01 before:2026-02-03 author:me tool:codex '
        "branch:feature/x visibility:private sensitivity:Public sensitivity:internal why did it break?",
        today=TODAY,
    )

    assert "why did it break?" == asked.text
    assert asked.filters == Filters(
        types=("decision",),
        tags=("release train", "db"),
        authors=("me",),
        tools=("codex",),
        branch="feature/x",
        since=date(2026, 1, 1),
        before=date(2026, 2, 3),
        visibility=("private",),
        sensitivity=("public", "internal"),
    )


@pytest.mark.parametrize(
    "text",
    [
        *("since:soon", "before:2026-13", "http://type:x", "a:type:b", "type:", "author:ana", "std::vector"),
        *("visibility:nobody", "sensitivity:secret", "sensitivity:", 'visibility:"private project"'),
    ],
)
def test_what_is_no_operator_stays(text: str) -> None:
    asked = understand(text, today=TODAY)

    assert (text, Filters()) == (asked.text, asked.filters)


def test_an_author_may_be_an_address_where_addresses_are_known() -> None:
    asked = [understand("author:ana@example.com deploy", today=TODAY, addresses=known) for known in (False, True)]

    assert [(), ("ana@example.com",)] == [one.filters.authors for one in asked]
    assert ["author:ana@example.com deploy", "deploy"] == [one.text for one in asked]


def test_phrases_identifiers_and_dates_are_seen() -> None:
    asked = understand(
        'Did "connection reset" in src/auth/login.py or parseHTML or ERR_42 come in May 2023?', today=TODAY
    )

    assert ("connection reset",) == asked.phrases
    assert ("src/auth/login.py", "parseHTML", "ERR_42") == asked.identifiers
    assert [(date(2023, 5, 1), date(2023, 5, 31))] == [(one.first, one.last) for one in asked.when]


@pytest.mark.parametrize(
    ("question", "about"),
    [
        (
            "Can you list the order in which I brought up caching across our chats? Name only five.",
            "caching ?",
        ),
        ("Can you give me a short summary of how I debugged the queue so far?", "how I debugged the queue ?"),
        ("What database did I say we use?", "What database we use?"),
        ("list comprehension", "list comprehension"),
        ("explain analyze", "explain analyze"),
        ("Can you?", "Can you?"),
        ("which port does staging use", "which port does staging use"),
    ],
)
def test_words_of_asking_are_left_out_of_what_it_is_about(question: str, about: str) -> None:
    assert about == topic(question)


def test_a_name_that_is_not_looked_for_is_no_word_in_one_form_alone() -> None:
    asked = understand("What did Zoë paint?", today=TODAY)

    assert (1, []) == (len(asked.as_written), asked.without(named(asked.text, ["Zoë"])).as_written)


def test_names_are_taken_out_of_what_is_looked_for() -> None:
    question = understand("What did Ana say about the port?", today=TODAY)
    asked = question.without(named(question.text, ["Ana"]))

    assert "What did Ana say about the port?" == asked.text
    assert "What did say about the port?" == asked.about
    assert "ana" not in asked.words


@given(st.text() | st.text("type:since2026-01\"' \u202eא🎉"), st.dates())
def test_any_text_has_an_answer(text: str, today: date) -> None:
    asked = understand(text, today=today)

    assert len(asked.words) == len(set(asked.words))
    assert bool(asked.about.strip()) or not asked.text.strip()


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("what is new", "Everything.", None),
        ('who said "release  train"', "The Release\ntrain leaves.", 1.0),
        ("does load_user in src/auth/login.py fail", "load_user was renamed.", 0.5),
        ("why ERR_42", "Nothing fails.", 0.0),
    ],
)
def test_phrases_and_identifiers_are_held_or_not(query: str, text: str, expected: float | None) -> None:
    assert expected == understand(query, today=TODAY).held_by(text)


def test_where_a_name_is_all_that_is_asked_for_it_is_looked_for() -> None:
    asked = understand("on which do we deploy", today=TODAY)
    rest = asked.without(named(asked.text, ["Deploy Bot"]))

    assert ({"Deploy Bot"}, asked.sought) == (rest.people, rest.sought)
